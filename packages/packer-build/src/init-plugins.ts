import type { Clock } from './clock.ts';
import { PackerError } from './error.ts';
import { parseMachineReadable } from './machine-readable.ts';
import type { Emit } from './packer-event.ts';
import type { Redact } from './redact-secrets.ts';
import { hasPlugins, readRequiredPlugins } from './required-plugins.ts';
import { type PackerCommand, type RunOptions, runPacker } from './run-packer.ts';
import { LINE_LIMIT } from './transcript.ts';

export interface InitOptions {
  readonly version: string;
  /** The file that asks for plugins. */
  readonly plugins: string;
  readonly deadlineMs: number;
  readonly redact: Redact;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly run: Pick<RunOptions, 'onStart' | 'stopGraceMs' | 'stop'>;
}

const MOST_LINES = 20;

/**
 * Fetches the plugins that are asked for, as a step of its own: the network is at fault more often than the template,
 * and Packer 1.6 has everything built in.
 *
 * @throws PackerError `plugins-unavailable`, `template-invalid`
 */
export async function initPlugins(
  { args: _, ...command }: PackerCommand,
  options: InitOptions,
): Promise<void> {
  const { version, plugins, deadlineMs, redact, emit, clock, run } = options;
  if (!hasPlugins(version)) return;
  const wanted = await readRequiredPlugins(plugins);
  if (wanted.length === 0) return;
  emit({ type: 'plugins-wanted', plugins: wanted });
  const lines: string[] = [];
  const overdue = new AbortController();
  const over = new AbortController();
  clock.sleep(deadlineMs, { signal: over.signal }).then(
    () => overdue.abort(),
    () => {},
  );
  const args = ['init', '-machine-readable', plugins];
  const { exitCode } = await runPacker(
    { ...command, args },
    {
      ...run,
      clock,
      lineLimit: LINE_LIMIT,
      stop: AbortSignal.any([run.stop, overdue.signal]),
      onLine: (line) => {
        const { type, data } = parseMachineReadable(line);
        const text = redact(type === 'ui' ? (data[1] ?? '') : line).trim();
        if (text !== '') lines.push(text.slice(0, 1_000));
        if (lines.length > MOST_LINES) lines.shift();
      },
    },
  ).finally(() => over.abort());
  if (exitCode === 0 || run.stop.aborted) return;
  const why = overdue.signal.aborted ? `not within ${deadlineMs} ms` : (lines.at(-1) ?? 'no word');
  throw new PackerError('plugins-unavailable', `Cannot fetch ${wanted.join(', ')}: ${why}`, {
    exitCode,
    lastMessages: lines,
  });
}
