import { isIPv4 } from 'node:net';

/**
 * Returns the endpoint without a trailing slash. Throws a TypeError unless it is https (plain http only on loopback)
 * and free of credentials, query and fragment: signed calls go there.
 */
export function checkEndpoint(name: string, endpoint: string): string {
  const url = URL.parse(endpoint);
  if (url === null) throw new TypeError(`${name} is not a URL: "${endpoint}"`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError(`${name} must hold no credentials, query or fragment`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new TypeError(`${name} must be https, or http on loopback: "${endpoint}"`);
  }
  return endpoint.replace(/\/+$/, '');
}

/** {@link checkEndpoint} for the API itself, whose paths all lie below `/v2`. */
export function checkApiEndpoint(name: string, endpoint: string): string {
  const checked = checkEndpoint(name, endpoint);
  if (!new URL(checked).pathname.split('/').includes('v2')) {
    throw new TypeError(`${name} must contain "/v2": "${endpoint}"`);
  }
  return checked;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}
