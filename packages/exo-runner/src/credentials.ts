import type { Secret } from './secret.ts';

/** What signs calls to Exoscale: the id of a key, which is no secret, and its secret. */
export interface Credentials {
  readonly key: string;
  readonly secret: Secret;
}
