import { mkdtempDisposable } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { ExoRunnerError } from '../exo-runner-error.ts';
import { runWithKey } from '../run-with-key.ts';
import { completeArguments, type ExoArguments } from './exo-arguments.ts';
import {
  checkExoOptions,
  checkTimeout,
  type ExoOptions,
  type ExoRunOptions,
  type ExoSettings,
} from './exo-options.ts';
import { type ExoResult, readExoOutput } from './read-exo-output.ts';

/** Exoscale's own command line tool, fit to be used by a program. */
export interface Exo {
  /**
   * Runs one command, such as `['compute', 'instance', 'list']`; how to answer is added.
   *
   * @throws {ExoRunnerError} `exo-failed`, `exo-crashed`, `exo-unreadable`, `exo-timed-out`, or as `runWithKey()`
   */
  run(args: readonly string[], options?: ExoRunOptions): Promise<ExoResult>;
}

/**
 * Wraps the real `exo`: a home and a working folder of its own (a configuration file found there would choose another
 * endpoint), endpoint and zone said aloud, JSON or nothing, no questions, a limit to its patience. It cannot mend that
 * `exo` exits 0 for operations that fail at once: look at what became of it.
 */
export function createExo(options: ExoOptions): Exo {
  const settings = checkExoOptions(options);
  return {
    async run(args, { timeoutMs = settings.timeoutMs, signal } = {}) {
      const command = completeArguments(args);
      checkTimeout(timeoutMs);
      signal?.throwIfAborted();
      await using folder = await mkdtempDisposable(join(settings.workFolder, 'exo-'));
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        return await runOnce(settings, command, {
          folder: folder.path,
          signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        });
      } catch (error) {
        if (error === limit.reason) throw timedOut(command, timeoutMs);
        throw error;
      }
    },
  };
}

async function runOnce(
  settings: ExoSettings,
  command: ExoArguments,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<ExoResult> {
  const { binary, env, extraEnv, redactor, clock } = settings;
  const stdout = createCollector();
  const stderr = createCollector();
  const result = await runWithKey([binary, ...command.args], {
    credentials: await settings.credentials(),
    env,
    extraEnv: { ...extraEnv, HOME: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
    cwd: folder,
    redactor,
    clock,
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal,
  });
  return readExoOutput(command, { ...result, stdout: stdout.text(), stderr: stderr.text() });
}

/** More than any list of an organization; beyond it the output ends, and is no JSON any more. */
const mostBytes = 32 * 1024 * 1024;

function createCollector(): { readonly stream: Writable; readonly text: () => string } {
  const chunks: Buffer[] = [];
  let size = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      size += chunk.length;
      if (size <= mostBytes) chunks.push(chunk);
      callback();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

function timedOut({ title }: ExoArguments, timeoutMs: number): ExoRunnerError {
  const message = `Cannot wait for "${title}" any longer: it was not done within ${timeoutMs} ms`;
  return new ExoRunnerError(message, { code: 'exo-timed-out' });
}
