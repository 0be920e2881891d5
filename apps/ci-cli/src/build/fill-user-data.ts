import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Secret } from '@exoship/packer-build';
import { CliError } from '../cli-error.ts';
import { fillPlaceholders } from '../config/placeholders.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Machine } from './machine-image.ts';
import type { BuildPlan } from './plan-build.ts';

/** What the machine of the build is told at its first boot; `undefined` when it is told the usual. */
export async function fillUserData(
  { machine: given, sources }: BuildPlan,
  { key }: Machine,
  secrets: Readonly<Record<string, Secret>>,
): Promise<string | undefined> {
  if (given?.userData === undefined) return undefined;
  const file = resolve(sources, given.userData);
  const revealed = Object.entries(secrets).map(([name, secret]) => [
    `secret.${name}`,
    secret.reveal(),
  ]);
  try {
    const text = await readFile(file, 'utf8');
    return fillPlaceholders(text, { sshKey: key.publicKey, ...Object.fromEntries(revealed) });
  } catch (cause) {
    throw new CliError(`Cannot use the user data in "${file}": ${reasonOf(cause)}`, {
      exitCode: exitCodes.usage,
      remedy: 'It may hold the placeholders sshKey and secret.NAME, for a NAME of secretVariables',
    });
  }
}

/** Never the text: it may be filled with secrets already. */
function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'it holds a placeholder that has no value';
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'it cannot be read';
}
