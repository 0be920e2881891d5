import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExoRunnerError } from './exo-runner-error.ts';
import type { RunSettings } from './run-options.ts';
import type { Child } from './start-child.ts';

export interface OutputRelay {
  /** Waits for the rest of the output, but not for ever: a daemon may hold it open. */
  settle(): Promise<void>;
}

/** How long output may trickle in after the last process of the group has gone. */
const drainMs = 1_000;

/** Passes what the command prints through the redactor. */
export function relayOutput(child: Child, settings: RunSettings): OutputRelay {
  const streams = [
    [child.stdout, settings.stdout],
    [child.stderr, settings.stderr],
  ] as const;
  const relays = streams.map(([source, target]) => pass(source, target, settings));
  return {
    async settle() {
      const finished = new AbortController();
      const limit = settings.clock.sleep(drainMs, { signal: finished.signal }).catch(() => {});
      await Promise.race([Promise.all(relays), limit]);
      finished.abort();
      for (const [source] of streams) source?.destroy();
      const outcomes = await Promise.all(relays);
      if (!outcomes.every(Boolean)) throw outputFailed();
    },
  };
}

/** Resolves to false when the target could not take what the command printed. */
async function pass(
  source: Readable | null,
  target: Writable | undefined,
  { redactor }: RunSettings,
): Promise<boolean> {
  if (source === null || target === undefined) return true;
  try {
    await pipeline(source, redactor.wrap(), target, { end: false });
    return true;
  } catch (error) {
    // The reader of our output has gone (as in `… | head`), or we stopped waiting ourselves.
    return isExpectedEnd(error);
  }
}

function outputFailed(): ExoRunnerError {
  return new ExoRunnerError('Cannot pass on the output of the command', { code: 'output-failed' });
}

function isExpectedEnd(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Feeds the command from a stream; returns how to let go of it. */
export function relayInput(child: Child, { stdin }: RunSettings): () => void {
  const target = child.stdin;
  if (!(stdin instanceof Readable) || target === null) return () => {};
  // A command need not read its input to the end.
  target.on('error', () => {});
  stdin.pipe(target);
  return () => void stdin.unpipe(target);
}
