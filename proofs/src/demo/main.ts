import { randomInt } from 'node:crypto';
import { parseDemoOptions, usage } from './options.ts';
import { runDemo } from './run-demo.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** The demo was told to stop; not a failure of anything. */
class Stopped extends Error {
  override readonly name = 'Stopped';
}

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    process.exitCode = exitCodes[signal];
    interrupted.abort(new Stopped(`stopped by ${signal}`));
  });
}

async function main(argv: readonly string[]): Promise<void> {
  try {
    const options = parseDemoOptions(argv, randomInt(2 ** 32));
    process.exitCode = await runDemo(options, say, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return say(`demo: ${interrupted.signal.reason.message}`);
    const isUsage = error instanceof RangeError || error instanceof TypeError;
    process.exitCode = isUsage ? 2 : 1;
    const isError = error instanceof Error;
    say(`demo: ${isError ? (isUsage ? error.message : error.stack) : String(error)}`);
    if (isUsage) say(usage);
  }
}

if (process.argv.includes('--help')) say(usage);
else await main(process.argv.slice(2));
