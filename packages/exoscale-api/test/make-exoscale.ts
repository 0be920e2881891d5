import { createExoscale, type Exoscale, type ExoscaleOptions } from '../src/exoscale.ts';
import { credentials, type LoopbackApi } from './loopback-api.ts';
import { createManualClock } from './manual-clock.ts';

/** A client of a loopback API whose waits take no time. */
export function makeExoscale(api: LoopbackApi, options: Partial<ExoscaleOptions> = {}): Exoscale {
  return createExoscale({
    zone: 'ch-gva-2',
    endpoint: api.endpoint,
    credentials: () => credentials,
    clock: createManualClock(),
    random: () => 0.5,
    requestTimeoutMs: 5_000,
    ...options,
  });
}

/** The error that `promise` rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new TypeError('It did not reject');
}
