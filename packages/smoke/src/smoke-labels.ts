const SMOKE_LABEL = 'exoship-smoke';
const EXPIRES_AT_LABEL = 'exoship-expires-at';

/** The labels of a disposable instance: who made it, and after when nobody can be using it any more. */
export function smokeLabels({
  smokeId,
  expiresAt,
}: {
  readonly smokeId: string;
  readonly expiresAt: Date;
}): Record<string, string> {
  return { [SMOKE_LABEL]: smokeId, [EXPIRES_AT_LABEL]: expiresAt.toISOString() };
}

/**
 * Whether an instance with these labels was left behind by a smoke test and may be deleted by a sweep. An instance
 * that lacks either label, or whose date cannot be read, is somebody's and stays.
 */
export function isExpiredSmoke(labels: Readonly<Record<string, string>>, now: Date): boolean {
  if (labels[SMOKE_LABEL] === undefined) return false;
  // An unreadable date is NaN, which is never smaller.
  return Date.parse(labels[EXPIRES_AT_LABEL] ?? '') < now.getTime();
}
