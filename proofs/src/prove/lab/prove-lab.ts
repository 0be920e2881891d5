import { randomInt } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { table } from '../../table.ts';
import { drawSwitches, plantWrong } from './draws.ts';
import { type Played, playAborted, playKilled, playLive, playThrough } from './play.ts';

const reportFolder: string = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));

const lanes: Readonly<Record<string, (seed: number) => Promise<Played>>> = {
  plain: async (seed) => await playThrough(seed),
  'with faults': async (seed) => await playThrough(seed, { withFaults: true }),
  killed: playKilled,
  aborted: playAborted,
  planted: playPlanted,
  'over HTTP': async (seed) => await playLive(seed),
};

/** A minute each, on the wall's time: so many of the others for one of these. */
const runsPerLive = 20;

/** The lab finds switches that are set at random, whatever becomes of calls, and leaves nothing, whatever becomes of it. */
export async function proveLab(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      runs: { type: 'string', default: '20' },
    },
  });
  const seed = wholeNumber('--seed', values.seed);
  const runs = wholeNumber('--runs', values.runs);
  say(`seed ${seed}: ${runs} runs of each kind`);
  const rows: Record<string, ReturnType<typeof summarize>> = {};
  for (const [name, play] of Object.entries(lanes)) {
    const played: Played[] = [];
    const rounds = name === 'over HTTP' ? Math.ceil(runs / runsPerLive) : runs;
    for (let index = 0; index < rounds; index += 1) {
      const one = await play(seed + index);
      for (const violation of one.violations) say(`VIOLATED ${name} ${one.seed}: ${violation}`);
      played.push(one);
    }
    rows[name] = summarize(played);
    say(`${name}: ${played.length} runs`);
  }
  const violated = Object.values(rows).reduce((sum, { violations }) => sum + violations, 0);
  await mkdir(reportFolder, { recursive: true });
  await writeFile(`${reportFolder}lab.json`, `${JSON.stringify({ seed, runs, rows }, null, 2)}\n`);
  for (const line of table([
    ['kind', 'runs', 'switches found', 'swept', 'calls', 'violated'],
    ...Object.entries(rows).map(([name, row]) => [name, ...Object.values(row).map(String)]),
  ])) {
    say(line);
  }
  say(`${violated} violated; repeat with --seed ${seed} --runs ${runs}`);
  return violated === 0 ? 0 : 1;
}

/** Told that one switch is other than it is, the comparison must name that one and no other. */
async function playPlanted(seed: number): Promise<Played> {
  const [name, expected] = plantWrong(drawSwitches(seed), seed);
  const played = await playThrough(seed, { expected });
  const isFound = played.violations.length === 1 && played.violations[0]?.startsWith(`${name} is `);
  return { ...played, violations: isFound ? [] : [`The planted ${name} was not found`] };
}

function summarize(played: readonly Played[]) {
  const sum = (of: (one: Played) => number): number =>
    played.reduce((all, one) => all + of(one), 0);
  return {
    runs: played.length,
    found: sum(({ found }) => found),
    swept: sum(({ swept }) => swept),
    calls: sum(({ calls }) => calls),
    violations: sum(({ violations }) => violations.length),
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && text.trim() !== '') return value;
  throw new RangeError(`${name} takes a whole number: got "${text}"`);
}
