import { randomInt } from 'node:crypto';
import { parseDemoOptions, usage } from './options.ts';
import { runDemo } from './run-demo.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupted.abort(new Error(`Interrupted by ${signal}`)));
}

if (process.argv.includes('--help')) {
  say(usage);
} else {
  try {
    const options = parseDemoOptions(process.argv.slice(2), randomInt(2 ** 32));
    process.exitCode = await runDemo(options, say, interrupted.signal);
  } catch (error) {
    const isUsage = error instanceof RangeError || error instanceof TypeError;
    say(
      `demo: ${error instanceof Error ? (isUsage ? error.message : error.stack) : String(error)}`,
    );
    if (isUsage) say(usage);
    process.exitCode = isUsage ? 2 : 1;
  }
}
