import { fileURLToPath } from 'node:url';

/** What `pnpm bench <area>` can measure. Each is imported only when it is asked for. */
const areas = {
  exoscale: async () => (await import('./exoscale/run-bench.ts')).runExoscaleBench,
  packer: async () => (await import('./packer/run-bench.ts')).runPackerBench,
  rollout: async () => (await import('./rollout/run-bench.ts')).runBench,
};

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const [area = '', ...argv] = process.argv.slice(2).filter((argument) => argument !== '--');
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}`)));
}

if (!Object.hasOwn(areas, area)) {
  say(`Usage: pnpm bench <area> [options]; areas: ${Object.keys(areas).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    const run = await areas[area as keyof typeof areas]();
    const file = fileURLToPath(new URL(`../../../reports/bench/${area}.json`, import.meta.url));
    process.exitCode = await run({ argv, say, signal: interrupted.signal, file });
  } catch (error) {
    const isUsage = error instanceof RangeError || error instanceof TypeError;
    say(
      `bench: ${error instanceof Error ? (isUsage ? error.message : error.stack) : String(error)}`,
    );
    process.exitCode = isUsage ? 2 : 1;
  }
}
