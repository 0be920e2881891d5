import type { HttpRequest } from '../http/exchange.ts';
import type { Cloud } from '../model/cloud.ts';

export interface Place {
  readonly zone: string;
  /** Behind `/v2`. */
  readonly path: string;
}

const host = /^[a-z]+-([a-z0-9-]+)\.exoscale\.com(?::\d+)?$/;

/**
 * Finds the zone that a request is for: `/z/<zone>/v2/…` as the sandbox advertises it, or `/v2/…` where the host may
 * name one (`api-<zone>.exoscale.com`, for clients that reach us through a proxy). `undefined`: no such place.
 */
export function locate(cloud: Cloud, { path, headers }: HttpRequest): Place | undefined {
  const [, named, rest] = /^(?:\/z\/([^/]+))?\/v2(\/.*)$/.exec(path) ?? [];
  if (rest === undefined) return undefined;
  const hosted = host.exec(headers.host ?? '')?.[1];
  const zone = named ?? hosted ?? cloud.defaultZone;
  return cloud.catalog.zones.includes(zone) ? { zone, path: rest } : undefined;
}
