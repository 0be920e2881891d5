export interface SignOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Turns a payload into a signed document. */
export interface Signer {
  /** The document as JSON. */
  sign(payload: Buffer, options: SignOptions): Promise<string>;
}
