import type { HttpAnswer, Transport } from '../src/index.ts';

/** Answers every HTTP question by the script; a status, a whole answer, or an error to throw. */
export function createFakeTransport(
  script: (count: number) => number | Partial<HttpAnswer> | Error | Promise<never>,
): Transport & { readonly count: () => number } {
  let count = 0;
  return {
    count: () => count,
    tcp: async () => {},
    http: async () => {
      count += 1;
      const step = await script(count);
      if (step instanceof Error) throw step;
      const answer = typeof step === 'number' ? { status: step } : step;
      return { status: 200, headers: {}, body: new Uint8Array(), truncated: false, ...answer };
    },
  };
}
