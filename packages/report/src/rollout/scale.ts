/** Where things are on the page, in SVG units. */
export interface Scale {
  readonly leftX: number;
  readonly rightX: number;
  /** From milliseconds since the first event. */
  x(ms: number): number;
  /** Moments worth a line, evenly spaced, in round numbers. */
  readonly ticks: readonly number[];
}

const ROUND_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600].map(
  (seconds) => seconds * 1_000,
);
const WANTED_TICKS = 10;

export function createScale(durationMs: number, leftX: number, rightX: number): Scale {
  const stepMs =
    ROUND_STEPS_MS.find((step) => durationMs / step <= WANTED_TICKS) ??
    Math.ceil(durationMs / WANTED_TICKS);
  return {
    leftX,
    rightX,
    x: (ms) => round(leftX + (ms / durationMs) * (rightX - leftX)),
    ticks: Array.from(
      { length: Math.floor(durationMs / stepMs) + 1 },
      (_, index) => index * stepMs,
    ),
  };
}

/** A tenth of a unit is finer than a screen, and keeps the file small. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
