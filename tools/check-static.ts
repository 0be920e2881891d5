// Everything that `pnpm check` does besides the tests, one step after the other, stopping at the first that fails.
import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [string, ...string[]])[] = [
  ['pnpm', 'lint'],
  ['pnpm', 'typecheck'],
  ['pnpm', 'knip'],
  ['pnpm', 'sherif'],
  ['pnpm', 'check:packages'],
];

for (const [file, ...args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${[file, ...args].join(' ')} (${seconds} s)`);
  if (status !== 0) process.exit(status ?? 1);
}
