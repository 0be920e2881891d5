import { constants } from 'node:os';

/** What a pipeline can act on (`retry:exit_codes`, `allow_failure:exit_codes`); explained in docs/exit-codes.md. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  vault: 10,
  exoscale: 11,
  packer: 12,
  smokeFailed: 13,
  rolledBack: 14,
  stuck: 15,
  waiting: 16,
  intercepted: 17,
  cleanupNotProven: 18,
  execFailed: 125,
} as const;

/** Which code counts when several things went wrong, the gravest first. */
const gravestFirst: readonly number[] = [17, 15, 14, 13, 12, 11, 10, 16, 3, 2, 1, 18];

export function gravest(codes: readonly number[]): number {
  const failures = codes.filter((code) => code !== exitCodes.ok);
  return failures.toSorted((left, right) => rank(left) - rank(right))[0] ?? exitCodes.ok;
}

/** A child's own code (`exec`) or a signal's is in nobody's list: it ranks before `cleanupNotProven`. */
function rank(code: number): number {
  const index = gravestFirst.indexOf(code);
  return index === -1 ? gravestFirst.indexOf(exitCodes.cleanupNotProven) - 0.5 : index;
}

const signalNumbers: Readonly<Record<string, number>> = constants.signals;

/** What a shell reports for a process that a signal ended. */
export function signalExitCode(signal: string): number {
  return 128 + (signalNumbers[signal] ?? 1);
}
