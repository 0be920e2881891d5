import { randomInt } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parsePackerOptions } from './options.ts';
import { proveCanaries } from './prove-canaries.ts';
import { proveFailures } from './prove-failures.ts';
import { proveFuzz } from './prove-fuzz.ts';
import { proveKills } from './prove-kills.ts';
import { findTools } from './tools.ts';

const reportFolder: string = fileURLToPath(new URL('../../../../reports/prove/', import.meta.url));
const reportFile = `${reportFolder}packer.json`;

/** Builds that are killed, spied on, made to fail and flooded: nothing is left, nothing is told, each says why. */
export async function provePacker(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  const options = parsePackerOptions(argv, randomInt(2 ** 32));
  const { seed, lines, parts } = options;
  const tools = await findTools(options.standIn, say);
  say(`seed ${seed}: with ${tools.description}`);
  const has = (part: (typeof parts)[number]): boolean => parts.includes(part);
  const fuzz = has('fuzz') ? await proveFuzz(seed, lines, say) : undefined;
  const canaries = has('canaries') ? await proveCanaries(seed, tools, say) : undefined;
  const failures = has('failures') ? await proveFailures(seed, tools, say) : undefined;
  const kills = has('kills')
    ? await proveKills({ seed, kills: options.kills, tools, say })
    : undefined;
  // Parts that were not asked for are as the last run with this seed has found them.
  const proofs = { ...(await readReport(seed)), ...defined({ kills, canaries, failures, fuzz }) };
  const violations = Object.values(proofs).flatMap((part) => part.violations);
  const report = { schema: 1, seed, ...proofs, violations };
  await mkdir(reportFolder, { recursive: true });
  await writeFile(reportFile, `${JSON.stringify(report, null, 2)}\n`);
  for (const violation of violations) say(`VIOLATED ${violation}`);
  say(`${violations.length} violated; repeat with --seed ${seed}`);
  return violations.length === 0 ? 0 : 1;
}

interface Proofs {
  readonly [part: string]: { readonly violations: readonly string[] };
}

async function readReport(seed: number): Promise<Proofs> {
  try {
    const report = JSON.parse(await readFile(reportFile, 'utf8')) as Proofs & {
      readonly seed: unknown;
    };
    const { schema: _schema, seed: found, violations: _violations, ...proofs } = report;
    return found === seed ? proofs : {};
  } catch {
    return {};
  }
}

function defined(parts: Readonly<Record<string, Proofs[string] | undefined>>): Proofs {
  const entries = Object.entries(parts).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries) as Proofs;
}
