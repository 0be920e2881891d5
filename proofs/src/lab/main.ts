import { isExoscaleError } from '@exoship/exoscale-api';
import { LabError } from './lab-error.ts';
import { liveExitCodes, runLive } from './live.ts';
import { parseLiveOptions } from './live-options.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const interrupted = new AbortController();
const signals = { SIGINT: 130, SIGTERM: 143 } as const;
/** A terminal tells the whole group, and pnpm may pass it on: that is one wish, not two. */
const echoMs = 2_000;
let firstMs: number | undefined;
for (const [signal, code] of Object.entries(signals)) {
  process.on(signal, () => {
    const nowMs = performance.now();
    if (firstMs !== undefined && nowMs - firstMs > echoMs) process.exit(code);
    if (firstMs !== undefined) return;
    firstMs = nowMs;
    process.exitCode = code;
    say(`${signal}: removing what was created; again to leave it to --sweep`);
    interrupted.abort(new LabError('impatient', `Interrupted by ${signal}`));
  });
}

try {
  const argv = process.argv.slice(2).filter((argument) => argument !== '--');
  const code = await runLive(parseLiveOptions(argv, process.env), {
    say,
    signal: interrupted.signal,
  });
  process.exitCode ??= code;
} catch (error) {
  const isExpected = error instanceof LabError || isExoscaleError(error);
  const isUsage = error instanceof RangeError || error instanceof TypeError;
  const text = error instanceof Error ? error.message : String(error);
  say(isExpected || isUsage || !(error instanceof Error) ? text : (error.stack ?? text));
  process.exitCode ??= isUsage ? liveExitCodes.noConsent : 1;
}
