// Everything that `pnpm check` does besides the tests. A step that fails does not keep the others from being told.
import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [string, ...string[]])[] = [
  ['pnpm', 'lint'],
  ['pnpm', 'typecheck'],
  ['pnpm', 'knip'],
  ['pnpm', 'sherif'],
  ['pnpm', 'check:packages'],
];

const failed: string[] = [];
for (const [file, ...args] of steps) {
  const started = performance.now();
  const { status } = spawnSync(file, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const step = [file, ...args].join(' ');
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${step} (${seconds} s)`);
  if (status !== 0) failed.push(step);
}
console.log(failed.length === 0 ? 'all ok' : `FAILED: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
