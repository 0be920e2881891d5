import type { ApiCall } from '@exoship/exoscale-api';

export function scaleTo(id: string, size: number): ApiCall {
  return { method: 'PUT', path: '/instance-pool/{id}:scale', params: { id }, body: { size } };
}

export function evictOf(id: string, ...instances: readonly string[]): ApiCall {
  return { method: 'PUT', path: '/instance-pool/{id}:evict', params: { id }, body: { instances } };
}

/** Sends nothing but what is given: what the rest becomes is the question. */
export function bareUpdate(id: string, body: object): ApiCall {
  return { method: 'PUT', path: '/instance-pool/{id}', params: { id }, body };
}

export function stopOf(id: string): ApiCall {
  return { method: 'PUT', path: '/instance/{id}:stop', params: { id } };
}

export function deleteOf(id: string): ApiCall {
  return { method: 'DELETE', path: '/instance/{id}', params: { id } };
}

export function protectionOf(id: string, verb: 'add' | 'remove'): ApiCall {
  const path = `/instance/{id}:${verb}-protection`;
  return { method: 'PUT', path, params: { id } };
}

/** For everybody, the balancer's checks included. */
export function letIn(groupId: string, port: number): ApiCall {
  const rule = { 'flow-direction': 'ingress', protocol: 'tcp', network: '0.0.0.0/0' };
  const body = { ...rule, 'start-port': port, 'end-port': port };
  return { method: 'POST', path: '/security-group/{id}/rules', params: { id: groupId }, body };
}
