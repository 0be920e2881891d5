/** How this build behaves: `good`, or one of the failures that a pipeline has to catch. */
export type Behaviour = 'good' | 'bad-health' | 'bad-app';

const BEHAVIOURS: readonly Behaviour[] = ['good', 'bad-health', 'bad-app'];

/** What was baked in when the bundle was made. */
export interface Release {
  readonly version: string;
  readonly release: Behaviour;
  /** Where it listens unless `PORT` says otherwise; 0 is any free port. */
  readonly port: number;
  /** Milliseconds, unless `LAME_DUCK_MS` says otherwise. */
  readonly lameDuckMs: number;
}

/** Enough for a load balancer that asks every 10 s and waits 5 s for an answer. */
const DEFAULT_LAME_DUCK_MS = 15_000;

const DEFAULT_PORT = 8080;

/** One hour: a longer wait is a typing error. */
const MAX_LAME_DUCK_MS = 3_600_000;

/** It travels in a header and in file names. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;

/**
 * Numbers may come as digits, as a command line and an environment give them.
 *
 * @throws TypeError or RangeError when a value is not what a release may hold.
 */
export function createRelease(values: {
  readonly version: unknown;
  readonly release: unknown;
  readonly port?: unknown;
  readonly lameDuckMs?: unknown;
}): Release {
  const { port = DEFAULT_PORT, lameDuckMs = DEFAULT_LAME_DUCK_MS } = values;
  return {
    version: parseVersion(values.version),
    release: parseBehaviour(values.release),
    port: parsePort(port),
    lameDuckMs: parseLameDuck(lameDuckMs),
  };
}

/** @throws RangeError unless it is 0 to 65535. */
export function parsePort(value: unknown): number {
  return parseInteger(value, { name: 'port', unit: '', max: 65_535 });
}

/** @throws RangeError unless it is 0 to one hour of milliseconds. */
export function parseLameDuck(value: unknown): number {
  return parseInteger(value, { name: 'lame duck', unit: ' milliseconds', max: MAX_LAME_DUCK_MS });
}

function parseVersion(value: unknown): string {
  if (typeof value === 'string' && VERSION.test(value)) {
    return value;
  }
  throw new TypeError(
    `Cannot use version ${JSON.stringify(value)}: expected 1 to 128 letters, digits and "._+-"`,
  );
}

function parseBehaviour(value: unknown): Behaviour {
  const behaviour = BEHAVIOURS.find((name) => name === value);
  if (behaviour !== undefined) {
    return behaviour;
  }
  throw new TypeError(
    `Cannot use release ${JSON.stringify(value)}: expected one of ${BEHAVIOURS.join(', ')}`,
  );
}

function parseInteger(
  value: unknown,
  { name, unit, max }: { readonly name: string; readonly unit: string; readonly max: number },
): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= max) {
    return number;
  }
  throw new RangeError(`Cannot use ${name} ${JSON.stringify(value)}: expected 0 to ${max}${unit}`);
}
