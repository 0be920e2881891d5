const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A Vault duration (`900`, `"900"`, `"15m"`, `"1h30m"`, `"1d"`) in milliseconds; `undefined` when it is none. */
export function parseDurationMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value * 1_000 : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '') return 0;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!/^-?(\d+(\.\d+)?(ms|[smhd]))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    totalMs += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return text.startsWith('-') ? -totalMs : totalMs;
}

/** The way Vault's warnings print a duration: `1h30m`, `45s`, `0s`. */
export function formatDuration(durationMs: number): string {
  const totalSeconds = Math.round(durationMs) / 1_000;
  const hours = Math.trunc(totalSeconds / 3_600);
  const minutes = Math.trunc((totalSeconds % 3_600) / 60);
  const seconds = Number((totalSeconds % 60).toFixed(3));
  const parts = [
    hours > 0 ? `${hours}h` : '',
    minutes > 0 ? `${minutes}m` : '',
    seconds > 0 ? `${seconds}s` : '',
  ].join('');
  return parts === '' ? '0s' : parts;
}

/** The way programs in Go print a duration of whole seconds: `1h30m0s`, `5m0s`. */
export function formatGoDuration(durationMs: number): string {
  const seconds = Math.round(durationMs / 1_000);
  const parts = [Math.trunc(seconds / 3_600), Math.trunc((seconds % 3_600) / 60), seconds % 60];
  const first = parts.findIndex((part, index) => part > 0 || index === 2);
  return parts.map((part, index) => (index < first ? '' : `${part}${'hms'[index]}`)).join('');
}

export const toSeconds = (durationMs: number): number => Math.round(durationMs / 1_000);

/** Whole seconds left until `at`, counted from the nearest whole second as Vault does. */
export function secondsUntil(at: Date, now: Date): number {
  return Math.trunc((at.getTime() - Math.round(now.getTime() / 1_000) * 1_000) / 1_000);
}

export const laterBy = (from: Date, durationMs: number): Date =>
  new Date(from.getTime() + durationMs);
