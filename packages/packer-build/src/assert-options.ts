import { isAbsolute } from 'node:path';

/** Durations longer than Node's timers can hold would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function assertGiven(where: string, options: object): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Missing options of ${where}`);
  }
}

/** A misspelt option must not be ignored. */
export function assertKnownKeys(where: string, options: object, known: readonly string[]): void {
  assertGiven(where, options);
  const unknownKey = Object.keys(options).find((key) => !known.includes(key));
  if (unknownKey !== undefined) throw new TypeError(`Unknown option "${unknownKey}" of ${where}`);
}

export function assertDuration(name: string, ms: number): void {
  if (!(ms > 0 && ms <= LONGEST_TIMER_MS)) {
    throw new RangeError(
      `"${name}" must be more than 0 and at most ${LONGEST_TIMER_MS} ms: got ${ms}`,
    );
  }
}

/** A relative path would depend on the working directory of whoever calls. */
export function assertAbsolute(name: string, path: string): void {
  if (typeof path !== 'string') throw new TypeError(`"${name}" must be an absolute path`);
  if (!isAbsolute(path)) throw new TypeError(`"${name}" must be an absolute path: got "${path}"`);
}

/** Nothing is read from the process behind the caller's back, so the environment has to be handed in. */
export function assertEnvironment(env: object): void {
  if (typeof env !== 'object' || env === null) {
    throw new TypeError('"env" must be an environment, such as "process.env"');
  }
}

export function assertVariableNames(names: readonly string[]): void {
  const bad = names.find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (bad !== undefined) throw new TypeError(`"${bad}" is not a name of a Packer variable`);
}
