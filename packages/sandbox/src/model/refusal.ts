export type RefusalCode = 'invalid' | 'forbidden' | 'not-found' | 'conflict';

/** The cloud says no: an answer of the simulated API, not a fault of the sandbox. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function notFound(what: string, id: string): Refusal {
  return new Refusal('not-found', `${what} "${id}" not found`);
}
