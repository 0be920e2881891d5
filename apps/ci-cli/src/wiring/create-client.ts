import type { ApiKey } from '@exoship/exo-runner';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import type { Job } from '../job.ts';
import type { KeySource } from './key-source.ts';

/** The cloud as the holder of this key may use it. */
export function createClient(job: Job, source: KeySource, apiKey: ApiKey): Exoscale {
  return createExoscale({
    zone: source.zone,
    ...(source.endpoint && { endpoint: source.endpoint }),
    credentials: () => ({ key: apiKey.key, secret: apiKey.secret }),
    clock: job.context.clock,
  });
}
