/** A request that Vault answers with an error; thrown inside the Vault, turned into a response at its edge. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly errors: readonly string[];

  constructor(status: number, ...errors: readonly string[]) {
    super(errors.join('; '));
    this.status = status;
    this.errors = errors;
  }
}

export const badRequest = (text: string): Refusal => new Refusal(400, text);

export const permissionDenied = (): Refusal => new Refusal(403, 'permission denied');

/** An error that a backend did not foresee; Vault prints these as a list, even when there is only one. */
export const unforeseen = (text: string, status = 500): Refusal =>
  new Refusal(status, errorList(text));

export const unsupportedPath = (): Refusal => unforeseen('unsupported path', 404);

export const unsupportedOperation = (): Refusal => unforeseen('unsupported operation', 405);

/** Vault's text for several errors at once. */
export function errorList(...texts: readonly string[]): string {
  const heading = texts.length === 1 ? '1 error occurred:' : `${texts.length} errors occurred:`;
  return `${heading}\n${texts.map((text) => `\t* ${text}\n`).join('')}\n`;
}

/** The text of a list of one; `undefined` when it is none. */
export function onlyOf(list: string): string | undefined {
  return /^1 error occurred:\n\t\* (.*?)\n\n$/s.exec(list)?.[1];
}
