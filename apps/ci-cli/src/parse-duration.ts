import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds of a flag's value such as `90s`. @throws CliError */
export function parseDuration(flag: string, text: string): number {
  const [, amount, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (amount !== undefined && unitMs !== undefined) return Number(amount) * unitMs;
  throw new CliError(`${flag} takes a duration such as 90s, 30m, 1h or 2d: got "${text}"`, {
    exitCode: exitCodes.usage,
  });
}
