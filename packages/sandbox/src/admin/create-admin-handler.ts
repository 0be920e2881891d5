import { hash, timingSafeEqual } from 'node:crypto';
import { answerRefusal, failure, json } from '../api/api-failure.ts';
import type { Handler, HttpRequest, HttpResponse } from '../http/exchange.ts';
import type { ArmedFault, Faults } from '../model/faults.ts';
import { Refusal } from '../model/refusal.ts';
import { readFault } from './read-fault.ts';

const faultsPath = '/_sandbox/faults';

/** Lets another process than the sandbox's own arm faults: `/_sandbox/faults`, for whoever has the token. */
export function createAdminHandler(faults: Faults, token: string): Handler {
  return async (request) => {
    const refused = refusal(request, token);
    if (refused !== undefined) return refused;
    try {
      return route(request, faults);
    } catch (error) {
      return answerRefusal(error);
    }
  };
}

function refusal({ headers }: HttpRequest, token: string): HttpResponse | undefined {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  if (given === undefined) {
    const asked = { 'www-authenticate': 'Bearer' };
    return failure(401, 'Authorization: Bearer, with the token of the sandbox', asked);
  }
  return isEqual(given, token) ? undefined : failure(403, 'Not the token of this sandbox');
}

function isEqual(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}

function route(request: HttpRequest, faults: Faults): HttpResponse {
  const { method, path } = request;
  if (path === faultsPath) {
    if (method === 'GET') return json(200, { faults: faults.list().map(present) });
    if (method === 'POST') return add(request, faults);
    if (method === 'DELETE') {
      faults.clear();
      return json(200, { faults: [] });
    }
    return failure(405, 'Method not allowed', { allow: 'GET, POST, DELETE' });
  }
  const id = path.startsWith(`${faultsPath}/`) ? path.slice(faultsPath.length + 1) : undefined;
  if (id === undefined) return failure(404, `There is ${faultsPath} and ${faultsPath}/{id}`);
  if (method !== 'DELETE') return failure(405, 'Method not allowed', { allow: 'DELETE' });
  return faults.remove(id) ? json(200, { id }) : failure(404, `No fault "${id}" is waiting`);
}

function add({ body }: HttpRequest, faults: Faults): HttpResponse {
  faults.add(readFault(readJson(body)));
  const added = faults.list().at(-1);
  return json(201, added && present(added));
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw new Refusal('invalid', 'Body is not valid JSON');
  }
}

function present({ id, fault, left }: ArmedFault): object {
  return { id, left, ...fault };
}
