/** A value that prints as `[redacted]`; read only where it is needed. */
export interface Secret {
  reveal(): string;
}

export interface Credentials {
  /** API key: an identifier, `EXO…`. */
  readonly key: string;
  readonly secret: Secret;
}
