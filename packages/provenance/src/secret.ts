/** A value that shows itself only when asked to. */
export interface Secret {
  reveal(): string;
}
