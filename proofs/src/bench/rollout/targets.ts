import type { Row } from './row.ts';
import type { Scale } from './scale.ts';

const most = { p50: 1.05, p99: 1.15, timeRatio: 13, readsAPoll: 3 };

/** Where the figures fall short of what is promised, in words; empty when they do not. */
export function shortfallsOf(rows: readonly Row[], scale: Scale | undefined): readonly string[] {
  const ours = rows.filter(({ controller }) => controller === 'ours');
  return [
    ...ours.flatMap(safetyOf),
    ...ours
      .filter(({ strategy, n, quota }) => strategy === 'double' && n === 10 && quota === 2 * n)
      .flatMap(speedOf),
    ...(scale === undefined ? [] : scaleOf(scale)),
  ];
}

function safetyOf(row: Row): readonly string[] {
  const { dropped, minServing, n, correctShare } = row;
  return [
    ...(dropped > 0 ? [`${dropped} requests were dropped by ${titleOf(row)}`] : []),
    ...(minServing < n ? [`Only ${minServing} of ${n} served during ${titleOf(row)}`] : []),
    ...(correctShare < 1 ? [`Only ${correctShare} of the runs were correct: ${titleOf(row)}`] : []),
    ...(row.apiCalls.unexpectedMutations > 0
      ? [`${row.apiCalls.mutationsAGeneration} mutations in a generation: ${titleOf(row)}`]
      : []),
  ];
}

function speedOf(row: Row): readonly string[] {
  return (['toNew', 'toClean'] as const).flatMap((wall) => {
    const { p50, p99 } = row.ratioToOracle[wall];
    const isMet = p50 !== null && p99 !== null && p50 <= most.p50 && p99 <= most.p99;
    return isMet
      ? []
      : [`${wall} takes ${p50} (p50) and ${p99} (p99) of the oracle: ${titleOf(row)}`];
  });
}

function scaleOf({ planStep, calls }: Scale): readonly string[] {
  return [
    ...(planStep.ratio > most.timeRatio
      ? [`A plan step takes ${planStep.ratio} times as long for ten times as many members`]
      : []),
    ...(calls.readsAPoll > most.readsAPoll ? [`${calls.readsAPoll} reads a poll`] : []),
  ];
}

function titleOf({ strategy, n, quota, bootMedianMs, victims }: Row): string {
  return `${strategy}, n ${n}, quota ${quota}, boot ${bootMedianMs / 1000} s, ${victims} victims`;
}
