import { type HttpResponse, json } from '../http/exchange.ts';
import { Refusal, type RefusalCode } from '../model/refusal.ts';

const statuses: Readonly<Record<RefusalCode, number>> = {
  invalid: 400,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
};

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
