import { table } from '../../table.ts';
import { failureRows } from './failure-rows.ts';
import { openGround } from './ground.ts';
import { type Failure, provoke } from './provoke.ts';
import { provokeImporter } from './provoke-importer.ts';
import type { Tools } from './tools.ts';

export interface FailuresProof {
  readonly tools: string;
  readonly failures: readonly Omit<Failure, 'violations'>[];
  readonly violations: readonly string[];
}

const MESSAGE_LENGTH = 110;

/** Has builds fail in every way that there is a name for. Nothing but the real Packer fails like Packer. */
export async function proveFailures(
  seed: number,
  tools: Tools,
  say: (line: string) => void,
): Promise<FailuresProof> {
  if (!tools.isReal) {
    say(`failures: skipped, there is only ${tools.description}`);
    return { tools: tools.description, failures: [], violations: [] };
  }
  await using ground = await openGround(seed, tools);
  const failures: Failure[] = [];
  for (const row of failureRows) failures.push(await provoke(ground, row));
  for (const refuses of ['upload', 'register'] as const) {
    failures.push(await provokeImporter(tools.path, refuses));
  }
  for (const line of table([
    ['failure', 'exit', 'code', 'left', 'message'],
    ...failures.map(rowOf),
  ])) {
    say(line);
  }
  return {
    tools: tools.description,
    failures: failures.map(({ violations: _, ...failure }) => failure),
    violations: failures.flatMap(({ what, violations }) =>
      violations.map((violation) => `${what}: ${violation}`),
    ),
  };
}

function rowOf({ what, exitCode, code, leftovers, message, skipped }: Failure): string[] {
  if (skipped !== undefined) return [what, '-', '-', '-', `skipped: ${skipped}`];
  const shown = message.replaceAll(/"\/[^"]*\/([^"/]*)"/g, '"…/$1"').slice(0, MESSAGE_LENGTH);
  return [what, String(exitCode ?? '-'), code ?? '-', String(leftovers.length), shown];
}
