import type { Handler, HttpRequest, HttpResponse } from '../http/exchange.ts';
import type { Cloud } from '../model/cloud.ts';
import type { CallFault } from '../model/faults.ts';
import { Refusal } from '../model/refusal.ts';
import { accountRoutes } from './account-routes.ts';
import { antiAffinityRoutes } from './anti-affinity-routes.ts';
import { answerRefusal, failure, json } from './api-failure.ts';
import { authenticate } from './authenticate.ts';
import { asObject, invalid, readFields } from './fields.ts';
import { iamRoutes } from './iam-routes.ts';
import { instanceRoutes } from './instance-routes.ts';
import { loadBalancerRoutes } from './load-balancer-routes.ts';
import { locate } from './locate.ts';
import { poolRoutes } from './pool-routes.ts';
import { createRouter, type Endpoints, type RouteMatch } from './route.ts';
import { securityGroupRoutes } from './security-group-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { storageRoutes } from './storage-routes.ts';
import { templateRoutes } from './template-routes.ts';

const router = createRouter([
  ...accountRoutes,
  ...instanceRoutes,
  ...poolRoutes,
  ...templateRoutes,
  ...loadBalancerRoutes,
  ...securityGroupRoutes,
  ...antiAffinityRoutes,
  ...snapshotRoutes,
  ...iamRoutes,
  ...storageRoutes,
]);

/** API v2 over the model: no socket, no clock of its own. */
export function createApiHandler(cloud: Cloud, endpoints: Endpoints): Handler {
  return async function handle(request) {
    const place = locate(cloud, request);
    if (place === undefined) return failure(404, 'Not found');
    const match = router.find(request.method, place.path);
    if ('allowed' in match) return unroutable(match.allowed);
    const { operation } = match.route;
    const fault = cloud.faults.takeCall({ method: request.method, path: place.path, operation });
    const early = await injectBefore(cloud, fault);
    if (early !== undefined) return early;
    const response = answer(cloud, endpoints, request, place.zone, match);
    return fault?.kind === 'transport' ? { ...response, fault: fault.fault } : response;
  };
}

function unroutable(allowed: readonly string[]): HttpResponse {
  if (allowed.length === 0) return failure(404, 'Not found');
  return failure(405, 'Method not allowed', { allow: allowed.join(', ') });
}

async function injectBefore(
  cloud: Cloud,
  fault: CallFault | undefined,
): Promise<HttpResponse | undefined> {
  if (fault?.kind === 'latency') {
    await new Promise<void>((resolve) => cloud.after(fault.delayMs, resolve));
  }
  if (fault?.kind === 'status') {
    return failure(fault.status, fault.message ?? 'Injected fault', fault.headers);
  }
  const isCut = fault?.kind === 'transport' && fault.fault === 'cut-before';
  return isCut ? { ...failure(502, 'Cut off'), fault: 'cut-before' } : undefined;
}

function answer(
  cloud: Cloud,
  endpoints: Endpoints,
  request: HttpRequest,
  zone: string,
  { route, parameters }: RouteMatch,
): HttpResponse {
  const call = { cloud, endpoints, zone, parameter: reader(parameters) };
  const query = new URLSearchParams(request.query);
  if (route.isPublic)
    return json(200, route.handle({ ...call, query, body: readFields({}), key: '' }));
  const caller = authenticate(cloud, request);
  if ('refusal' in caller) return caller.refusal;
  const { key } = caller;
  const response = attempt(() => {
    if (!cloud.iam.allows(key, route.service, route.operation)) {
      throw new Refusal('forbidden', `Operation "${route.operation}" is not allowed by the role`);
    }
    return json(200, route.handle({ ...call, query, body: readBody(request), key }));
  });
  if (request.method !== 'GET') audit(cloud, request, zone, route.operation, response.status, key);
  return response;
}

function attempt(work: () => HttpResponse): HttpResponse {
  try {
    return work();
  } catch (error) {
    return answerRefusal(error);
  }
}

function reader(parameters: Readonly<Record<string, string>>): (name: string) => string {
  return (name) => {
    try {
      return decodeURIComponent(parameters[name] ?? '');
    } catch {
      throw invalid(name);
    }
  };
}

function readBody({ body }: HttpRequest) {
  if (body.length === 0) return readFields({});
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new Refusal('invalid', 'Body is not valid JSON');
  }
  const object = asObject(value);
  if (object === undefined) throw new Refusal('invalid', 'Body is not a JSON object');
  return readFields(object);
}

function audit(
  cloud: Cloud,
  { path: uri, remoteAddress: sourceAddress = '127.0.0.1' }: HttpRequest,
  zone: string,
  operation: string,
  status: number,
  key: string,
): void {
  const requestId = cloud.newRequestId();
  const at = cloud.now();
  cloud.audit.add({ requestId, at, zone, operation, uri, status, key, sourceAddress });
}
