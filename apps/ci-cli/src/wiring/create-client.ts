import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import type { Job } from '../job.ts';
import type { JobKeys } from './job-keys.ts';
import type { KeySource } from './key-source.ts';

/** The cloud as the holder of these keys may use it. */
export function createClient(
  job: Job,
  source: KeySource,
  { credentials, fetch }: JobKeys,
): Exoscale {
  return createExoscale({
    zone: source.zone,
    ...(source.endpoint && { endpoint: source.endpoint }),
    credentials,
    fetch,
    clock: job.context.clock,
  });
}
