/** Throws a TypeError for a key that `owner` does not know: a misspelt option must not be ignored. */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`Missing options of ${owner}`);
  }
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) {
      throw new TypeError(`Unknown option "${key}" of ${owner}: known are ${known.join(', ')}`);
    }
  }
}

/** Throws a TypeError unless `value` is a text that says something. */
export function checkText(name: string, value: string): void {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`Option "${name}" must be a text that is not empty`);
  }
}

/** Throws a RangeError unless `value` is a finite number above zero. */
export function checkPositive(name: string, value: number): void {
  if (!Number.isFinite(value) || value <= 0) {
    throw new RangeError(`Option "${name}" must be above zero: ${value}`);
  }
}
