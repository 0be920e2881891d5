import type { Call } from './call.ts';

/** `POST sys/wrapping/lookup`: needs no token of its own and does not use up the one that it asks about. */
export function wrappingLookupCall(token: string): Call {
  return {
    action: 'look up the wrapping token',
    method: 'POST',
    path: 'sys/wrapping/lookup',
    template: 'sys/wrapping/lookup',
    body: { token },
    repeatWhenAmbiguous: true,
  };
}

/**
 * `POST sys/wrapping/unwrap`, with the wrapping token as the caller's: naming it in the body as well would burn it. Never
 * repeated when ambiguous, for a second try looks like an interception.
 */
export function wrappingUnwrapCall(): Call {
  return {
    action: 'open the wrapping token',
    method: 'POST',
    path: 'sys/wrapping/unwrap',
    template: 'sys/wrapping/unwrap',
    body: {},
    repeatWhenAmbiguous: false,
  };
}
