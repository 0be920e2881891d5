import { type HttpResponse, json as plain } from '../http/exchange.ts';
import { Refusal, type RefusalCode } from '../model/refusal.ts';

const statuses: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
};

/** As recorded from the real servers. */
const contentType = { 'content-type': 'application/json; charset=utf-8' };

export function json(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  return plain(status, value, { ...contentType, ...headers });
}

export function failure(
  status: number,
  message: string,
  headers?: Readonly<Record<string, string>>,
): HttpResponse {
  return json(status, { message }, headers);
}

/** What the cloud refused, as an answer; anything else is a fault of the sandbox and goes on. */
export function answerRefusal(error: unknown): HttpResponse {
  if (error instanceof Refusal) return failure(statuses[error.code], error.message);
  throw error;
}
