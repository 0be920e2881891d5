import { type Credentials, isKeyRefused } from '@exoship/exoscale-api';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import type { KeySource } from './key-source.ts';

/** A signature says until when it is good, some minutes from now: by a slow clock, it has ended before it arrives. */
const MOST_SKEW_MS = 5 * 60_000;

/**
 * Whether a call signed with the key is refused because of the key.
 *
 * @throws CliError when this machine's clock is so wrong that every key would be refused.
 */
export async function isKeyDead(
  { context }: Pick<Job, 'context'>,
  { proofPath: path, zone, endpoint }: Pick<KeySource, 'proofPath' | 'zone' | 'endpoint'>,
  credentials: Credentials,
  { fetch, signal }: { readonly fetch: typeof globalThis.fetch; readonly signal: AbortSignal },
): Promise<boolean> {
  let servedAtMs = Number.NaN;
  const watched: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init);
    servedAtMs = Date.parse(answer.headers.get('date') ?? '');
    return answer;
  };
  const options = { path, zone, fetch: watched, signal, ...(endpoint && { endpoint }) };
  const isRefused = await isKeyRefused(credentials, options);
  const skewMs = Math.abs(context.clock.now().getTime() - servedAtMs);
  if (!isRefused || !(skewMs > MOST_SKEW_MS)) return isRefused;
  const minutes = Math.round(skewMs / 60_000);
  throw new CliError(
    `Cannot prove that the key is dead: this clock is ${minutes} minutes off, and any key would be refused`,
    {
      exitCode: exitCodes.cleanupNotProven,
      remedy: 'Let this machine keep its time by NTP',
    },
  );
}
