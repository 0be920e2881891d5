import { isExoscaleError } from '@exoship/exoscale-api';
import { LabError } from './lab-error.ts';
import { liveExitCodes, runLive } from './live.ts';
import { parseLiveOptions } from './live-options.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const interrupted = new AbortController();
const signals = { SIGINT: 130, SIGTERM: 143 } as const;
for (const [signal, code] of Object.entries(signals)) {
  // Only once: who asks twice does not want to wait for the cleaning up.
  process.once(signal, () => {
    say(`${signal}: removing what was created; again to leave it to --sweep`);
    process.exitCode = code;
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
