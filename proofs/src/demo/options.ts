import { parseArgs } from 'node:util';

export type Release = 'good' | 'bad-health' | 'bad-app';

export interface DemoOptions {
  readonly seed: number;
  readonly poolSize: number;
  readonly release: Release;
  readonly skipTest: boolean;
  readonly strategy: string | undefined;
  /** Real machines by Packer and QEMU instead of processes. */
  readonly vm: boolean;
}

export const usage = `pnpm demo [options]
  --seed N           repeat an earlier run's draws (default: random, printed)
  --pool-size N      members of the pool, 1 to 20 (default: 3, with --vm 2)
  --release R        good | bad-health (never becomes healthy) | bad-app (/healthz 200, / 500)
  --strategy S       double | exponential | batch | one-by-one | canary (default: chosen from the quota)
  --skip-test        deploy without the smoke test, as \`--untested\` does
  --vm               images by Packer, instances as QEMU machines: needs both, and minutes`;

const releases: readonly string[] = ['good', 'bad-health', 'bad-app'] satisfies Release[];
const strategies = ['double', 'exponential', 'batch', 'one-by-one', 'canary'];

/** @throws RangeError naming the option that is wrong. */
export function parseDemoOptions(argv: readonly string[], randomSeed: number): DemoOptions {
  const { values } = parseArgs({
    args: argv.filter((argument) => argument !== '--'),
    options: {
      seed: { type: 'string' },
      'pool-size': { type: 'string' },
      release: { type: 'string', default: 'good' },
      strategy: { type: 'string' },
      'skip-test': { type: 'boolean', default: false },
      vm: { type: 'boolean', default: false },
    },
  });
  oneOf('--release', values.release, releases);
  if (values.strategy !== undefined) oneOf('--strategy', values.strategy, strategies);
  return {
    seed:
      values.seed === undefined ? randomSeed : wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    poolSize: wholeNumber('--pool-size', values['pool-size'] ?? (values.vm ? '2' : '3'), 1, 20),
    release: values.release as Release,
    skipTest: values['skip-test'],
    strategy: values.strategy,
    vm: values.vm,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== '')
    return value;
  throw new RangeError(`${name} takes a whole number from ${least} to ${most}: got "${text}"`);
}

function oneOf(name: string, text: string, allowed: readonly string[]): void {
  if (allowed.includes(text)) return;
  throw new RangeError(`${name} takes ${allowed.join(', ')}: got "${text}"`);
}
