import { readFileSync } from 'node:fs';

/** Answers that Exoscale's own command line accepted, by call. */
export const recorded = JSON.parse(
  readFileSync(new URL('./fixtures/recorded-answers.json', import.meta.url), 'utf8'),
) as {
  readonly [call: string]: object;
  readonly 'GET /instance-pool': { readonly 'instance-pools': readonly Record<string, unknown>[] };
  readonly 'PUT /instance-pool/{id}': object;
};
