import { isAbsolute } from 'node:path';

/** Durations longer than Node's timers can hold would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A misspelt option must not be ignored. */
export function assertKnownKeys(where: string, options: object, known: readonly string[]): void {
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
  if (!isAbsolute(path)) throw new TypeError(`"${name}" must be an absolute path: got "${path}"`);
}

export function assertVariableNames(names: readonly string[]): void {
  const bad = names.find((name) => !/^[A-Za-z_][\w.-]*$/.test(name));
  if (bad !== undefined) throw new TypeError(`"${bad}" is not a name of a Packer variable`);
}
