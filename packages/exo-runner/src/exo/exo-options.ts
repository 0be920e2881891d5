import { tmpdir } from 'node:os';
import type { Environment } from '../child-environment.ts';
import type { Clock } from '../clock.ts';
import type { Credentials } from '../credentials.ts';
import { createRedactor, type RedactorSink } from '../redactor.ts';
import { systemClock } from '../system-clock.ts';

export interface ExoOptions {
  /** Asked before every command, so that the key may be another one each time. */
  readonly credentials: () => Credentials | Promise<Credentials>;
  /** Zone of the commands that take one; what `--zone` says in a command wins. */
  readonly zone: string;
  /** Where the zones are asked for; must end in `/v2`. @default 'https://api-ch-gva-2.exoscale.com/v2' */
  readonly endpoint?: string | undefined;
  /** The environment to pick PATH, proxies and certificates from. */
  readonly env: Environment;
  /** @default 'exo' */
  readonly binary?: string | undefined;
  /** One command; `exo` itself would wait for ever. @default 300_000 */
  readonly timeoutMs?: number | undefined;
  /** Where the private home and working folder of each command are made. @default the system's temporary folder */
  readonly workFolder?: string | undefined;
  readonly redactor?: RedactorSink | undefined;
  readonly clock?: Clock | undefined;
}

export interface ExoRunOptions {
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options after the door: checked, with defaults. */
export interface ExoSettings {
  readonly credentials: ExoOptions['credentials'];
  readonly env: Environment;
  readonly extraEnv: Readonly<Record<string, string>>;
  readonly binary: string;
  readonly timeoutMs: number;
  readonly workFolder: string;
  readonly redactor: RedactorSink;
  readonly clock: Clock;
}

const knownKeys: Readonly<Record<keyof ExoOptions, true>> = {
  credentials: true,
  zone: true,
  endpoint: true,
  env: true,
  binary: true,
  timeoutMs: true,
  workFolder: true,
  redactor: true,
  clock: true,
};

const longestTimerMs = 2_147_483_647;

/** @throws {TypeError | RangeError} for anything malformed */
export function checkExoOptions(options: ExoOptions): ExoSettings {
  const unknown = Object.keys(options).find((key) => !Object.hasOwn(knownKeys, key));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}" of createExo()`);
  const { zone, endpoint = 'https://api-ch-gva-2.exoscale.com/v2' } = options;
  if (!/^[a-z]{2}-[a-z]{3,4}-\d{1,2}$/.test(zone)) {
    throw new TypeError(`Invalid zone ${JSON.stringify(zone)}: want one such as "ch-gva-2"`);
  }
  // exo puts the path behind it as it is: without /v2, or with a slash at the end, every call would miss.
  if (!/^https?:\/\/[^/@?#]+(?:\/[^@?#]+)?\/v2$/.test(endpoint)) {
    throw new TypeError('Invalid endpoint: want a URL without credentials that ends in "/v2"');
  }
  return {
    credentials: options.credentials,
    env: options.env,
    extraEnv: { EXOSCALE_ZONE: zone, EXOSCALE_API_ENDPOINT: endpoint, NO_COLOR: '1' },
    binary: options.binary ?? 'exo',
    timeoutMs: checkTimeout(options.timeoutMs ?? 300_000),
    workFolder: options.workFolder ?? tmpdir(),
    redactor: options.redactor ?? createRedactor(),
    clock: options.clock ?? systemClock,
  };
}

export function checkTimeout(timeoutMs: number): number {
  if (timeoutMs > 0 && timeoutMs <= longestTimerMs) return timeoutMs;
  throw new RangeError(`Invalid timeoutMs: ${timeoutMs}, want 1 to ${longestTimerMs}`);
}
