import { join } from 'node:path';
import type { Consumer } from './consumer.ts';
import type { PublishedPackage } from './published-packages.ts';

const calls: readonly (readonly [flag: string, expected: RegExp])[] = [
  ['--version', /^\d+\.\d+\.\d+\n?$/],
  ['--help', /^Usage: /],
];

/** Every installed bin must at least introduce itself. */
export async function binFaults(
  consumer: Consumer,
  { bins }: PublishedPackage,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const bin of bins) {
    for (const [flag, expected] of calls) {
      const file = join(consumer.folder, 'node_modules/.bin', bin);
      const { exitCode, output } = await consumer.run([file, flag], { signal });
      if (exitCode !== 0) faults.push(`${bin} ${flag} ends with exit code ${exitCode}`);
      else if (!expected.test(output))
        faults.push(`${bin} ${flag} prints ${JSON.stringify(output)}`);
    }
  }
  return faults;
}
