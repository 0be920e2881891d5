/** What one service of a load balancer thinks of one member. */
export interface Health {
  /** Gets new connections. */
  readonly isInRotation: boolean;
  /** Failures since the last success. */
  readonly failures: number;
  /** `undefined`: not probed yet. */
  readonly lastProbe: boolean | undefined;
}

export const unprobed: Health = { isInRotation: false, failures: 0, lastProbe: undefined };

/** One success admits; only `retries` failures in a row remove. */
export function countProbe(health: Health, success: boolean, retries: number): Health {
  if (success) return { isInRotation: true, failures: 0, lastProbe: true };
  const failures = health.failures + 1;
  return {
    isInRotation: health.isInRotation && failures < retries,
    failures,
    lastProbe: false,
  };
}
