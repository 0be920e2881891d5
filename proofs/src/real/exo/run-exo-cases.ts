import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { outputFaults } from './check-output.ts';
import type { ExoCase, ExoStep } from './exo-case.ts';
import type { ExoEnd, ExoWorld } from './exo-world.ts';

export interface ExoResult {
  readonly command: string;
  readonly exitCode: number | undefined;
  readonly ms: number;
  readonly hasPanicked: boolean;
  readonly faults: readonly string[];
}

const restDeadlineMs = 60_000;

/** Runs the steps one after the other, and the cases of each side by side. */
export async function runExoCases(
  world: ExoWorld,
  steps: readonly ExoStep[],
  onResult: (result: ExoResult) => void,
): Promise<readonly ExoResult[]> {
  const results: ExoResult[] = [];
  for (const step of steps) {
    await untilAtRest(world);
    const running = step(world).map(async (exoCase) => {
      exoCase.before?.(world);
      const { argv, stdin, env } = exoCase;
      const end = await world.exo(argv, {
        ...(stdin !== undefined && { stdin }),
        ...(env !== undefined && { env }),
      });
      return judge(exoCase, end);
    });
    for (const result of await Promise.all(running)) {
      results.push(result);
      onResult(result);
    }
  }
  return results;
}

function judge({ argv, exitCode = 0, stdout, stderr }: ExoCase, end: ExoEnd): ExoResult {
  const hasPanicked = end.exitCode === 2 || /^(panic:|goroutine \d)/m.test(end.stderr);
  const faults = [
    ...(end.exitCode === exitCode ? [] : [`exit code ${end.exitCode} instead of ${exitCode}`]),
    ...(hasPanicked ? ['it panicked'] : []),
    ...outputFaults(end.stdout, stdout),
    ...(stderr === undefined || stderr.test(end.stderr) ? [] : [`stderr does not match ${stderr}`]),
  ];
  const said = withoutSpinner(end.stderr).trim().slice(0, 400);
  return {
    command: `exo ${argv.map(quote).join(' ')}`,
    exitCode: end.exitCode,
    ms: end.ms,
    hasPanicked,
    faults: faults.length > 0 && said !== '' ? [...faults, `stderr: ${said}`] : faults,
  };
}

/** A pool that is busy refuses the next change, as it should; that is not what is tried here. */
async function untilAtRest({ sandbox: { cloud } }: ExoWorld): Promise<void> {
  const deadline = performance.now() + restDeadlineMs;
  const isAtRest = (): boolean =>
    cloud.snapshot().pools.every(({ state }) => state === 'running') &&
    cloud.instances.list().every(({ state }) => state === 'running' || state === 'stopped');
  while (!isAtRest()) {
    if (performance.now() > deadline) throw new RangeError('The sandbox did not come to rest');
    await delay(50);
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word}'`;
}

/** exo draws on stderr, also where nobody watches: `Creating instance "web-1"... 3s`, over and over. */
function withoutSpinner(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n');
  return lines.filter((line) => !/\.\.\. \d+s$/.test(line)).join('\n');
}
