import { checkOptions } from './check-options.ts';
import type { Credentials } from './credentials.ts';
import { createExoscale, type ExoscaleOptions } from './exoscale.ts';
import { isExoscaleError } from './exoscale-error.ts';
import { listZonesCall } from './zones.ts';

export interface KeyProofOptions extends Omit<ExoscaleOptions, 'credentials'> {
  /**
   * A GET that the key was allowed to make: a call that its role never allowed is refused as well, and proves nothing.
   * @default '/instance-type'
   */
  readonly path?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const known = [
  'path',
  'signal',
  'zone',
  'endpoint',
  'fetch',
  'clock',
  'requestTimeoutMs',
  'userAgent',
  'random',
];

/** True when Exoscale refuses a call signed with this key (401 or 403), false when it answers; rejects otherwise. */
export async function isKeyRefused(
  credentials: Credentials,
  options: KeyProofOptions,
): Promise<boolean> {
  checkOptions('isKeyRefused()', options, known);
  if (typeof credentials?.secret?.reveal !== 'function') {
    throw new TypeError('Credentials must have a "key" and a "secret" with a method "reveal"');
  }
  const { path = '/instance-type', signal, ...connection } = options;
  const exoscale = createExoscale({ ...connection, credentials: () => credentials });
  try {
    await exoscale.request({ method: 'GET', path }, { signal });
    return false;
  } catch (error) {
    // A refusal of the unsigned list of zones would say nothing about the key.
    const isAboutKey = isExoscaleError(error) && error.call !== listZonesCall;
    if (isAboutKey && ['unauthorized', 'forbidden'].includes(error.code)) return true;
    throw error;
  }
}
