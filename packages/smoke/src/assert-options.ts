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

export function assertCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`"${name}" must be a whole number from 1: got ${count}`);
  }
}

export function assertPort(port: number): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new RangeError(`"port" must be a whole number from 1 to 65535: got ${port}`);
  }
}
