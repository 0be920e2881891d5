/** The message of whatever was thrown. */
export function describeFault(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the provider's error says of itself; `undefined` when it says nothing. */
export function isRetryable(error: unknown): boolean | undefined {
  const retryable = (error as { retryable?: unknown } | null | undefined)?.retryable;
  return typeof retryable === 'boolean' ? retryable : undefined;
}
