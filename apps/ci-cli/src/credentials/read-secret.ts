import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createSecret, type Secret } from '@exoship/exo-runner';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';

/** Longer ones are surely another file: the largest of them, a JWT, has a few kilobytes. */
const LONGEST_BYTES = 65_536;
const OTHERS_MAY_READ = 0o044;

/**
 * Takes a secret from where it says (`env:NAME`, `file:PATH`, `stdin`) and makes it known to the redactor before anything
 * else. The line break at the end that editors and `echo` leave is not part of it.
 *
 * @throws CliError that names the place, never its content
 */
export async function readSecret(job: Job, from: string, what: string): Promise<Secret> {
  const text = (await readText(job, from, what)).replace(/\r?\n$/, '');
  if (text === '') throw unusable(what, `${placeOf(from)} is empty`);
  job.context.redactor.add(text);
  if (/\s|\p{Cc}/u.test(text)) throw unusable(what, `${placeOf(from)} holds more than one word`);
  return createSecret(text);
}

async function readText({ context, progress }: Job, from: string, what: string): Promise<string> {
  const [kind, ...rest] = from.split(':');
  const name = rest.join(':');
  if (kind === 'env') {
    const value = context.env[name];
    if (!value) throw unusable(what, `${name} is not set`);
    return value;
  }
  if (kind === 'stdin') return await readAll(context.stdin, from, what);
  const path = resolve(context.cwd, name);
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS_MAY_READ) !== 0)
      progress.warn(`${name} holds a secret, and others may read it`);
    // Not by its size: a FIFO has none, and a device no end.
    return await readAll(createReadStream(path), from, what);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw unusable(what, `${placeOf(from)} cannot be read: ${codeOf(error)}`);
  }
}

async function readAll(source: Readable, from: string, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BYTES) throw unusable(what, `${placeOf(from)} is too large`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** For messages: the variable, or the file. */
export function placeOf(from: string): string {
  if (from === 'stdin') return 'stdin';
  const name = from.slice(from.indexOf(':') + 1);
  return from.startsWith('env:') ? name : `file "${name}"`;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

export function unusable(what: string, why: string): CliError {
  return new CliError(`${why}: there is no ${what}`, {
    exitCode: exitCodes.usage,
    remedy: `Give the job its ${what}, by a masked and protected variable, a file or stdin`,
  });
}
