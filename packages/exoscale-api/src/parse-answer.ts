import { ExoscaleError } from './exoscale-error.ts';

/** The JSON of a 2xx answer; the content type is not looked at, as Exoscale's own tools do not either. */
export function parseAnswer(call: string, status: number, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    const what = body.trim() === '' ? 'an empty body' : 'a body that is not JSON';
    // Without the parser's error as cause: it quotes the body, which may hold a new secret.
    throw new ExoscaleError(`Cannot complete "${call}": answered ${status} with ${what}`, {
      code: 'invalid-response',
      call,
      status,
    });
  }
}
