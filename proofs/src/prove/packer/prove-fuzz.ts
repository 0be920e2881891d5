import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTemplate, isPackerError, parseMachineReadable } from '@exoship/packer-build';
import { liveHeapBytes } from '../../live-heap.ts';
import { fuzzLines } from './fuzz-lines.ts';

export interface FuzzProof {
  /** Parsed one by one. */
  readonly lines: number;
  readonly throws: number;
  /** Of a build whose Packer prints as many: what it kept of them. */
  readonly kept: number;
  readonly events: number;
  readonly ms: number;
  /** The most that was seen while all that went by. */
  readonly peakHeapMib: number;
  /** What is in use after a tenth of the lines and at the end, garbage collected. */
  readonly firstHeapMib: number;
  readonly lastHeapMib: number;
  readonly violations: readonly string[];
}

const MIB = 2 ** 20;
/** Node itself, the recorded lines, what waits for the collector. */
const MOST_HEAP_MIB = 256;
const MOST_GROWTH_MIB = 32;
const MOST_KEPT = 40;

export async function proveFuzz(
  seed: number,
  lines: number,
  say: (line: string) => void,
): Promise<FuzzProof> {
  const startedMs = performance.now();
  const heap = createHeapMeter(lines);
  let throws = 0;
  for (const line of fuzzLines(seed, lines)) {
    try {
      parseMachineReadable(line);
    } catch {
      throws += 1;
    }
    heap.look();
  }
  const flood = await floodBuild(seed, lines, heap.look);
  const { peak, first, last } = heap.read();
  const ms = Math.round(performance.now() - startedMs);
  say(
    `fuzz: ${lines} lines parsed and ${lines} through a build, ${throws} throws, heap ${first} → ${last} MiB, at most ${peak} MiB, ${ms} ms`,
  );
  return {
    lines,
    throws,
    ...flood,
    ms,
    peakHeapMib: peak,
    firstHeapMib: first,
    lastHeapMib: last,
    violations: [
      ...(throws === 0 ? [] : [`${throws} lines made the parser throw`]),
      ...(flood.wrong === '' ? [] : [`the build failed otherwise: ${flood.wrong}`]),
      ...(flood.kept <= MOST_KEPT ? [] : [`the build kept ${flood.kept} messages`]),
      ...(peak <= MOST_HEAP_MIB ? [] : [`the heap had ${peak} MiB`]),
      ...(last - first <= MOST_GROWTH_MIB ? [] : [`the heap grew by ${last - first} MiB`]),
    ],
  };
}

interface Flood {
  readonly kept: number;
  readonly events: number;
  readonly wrong: string;
}

/** The whole way: pipe, lines, redaction, phases, transcript. */
async function floodBuild(seed: number, lines: number, onEvent: () => void): Promise<Flood> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xz-'));
  const packer = join(folder.path, 'packer');
  const script = fileURLToPath(new URL('flood.ts', import.meta.url));
  await writeFile(packer, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$1"\n`);
  await chmod(packer, 0o755);
  const template = join(folder.path, 'template.json');
  await writeFile(template, '{}');
  let events = 0;
  const error = await buildTemplate({
    template,
    folder: join(folder.path, 'work'),
    binary: packer,
    env: { PATH: '/usr/bin:/bin', LC_FUZZ_SEED: String(seed), LC_FUZZ_LINES: String(lines) },
    secretVariables: { token: { reveal: () => 'fuzz-secret-0123456789' } },
    onEvent: () => {
      events += 1;
      onEvent();
    },
  }).catch((reason: unknown) => reason);
  if (!isPackerError(error)) return { kept: 0, events, wrong: String(error) };
  return { kept: error.lastMessages.length, events, wrong: '' };
}

function createHeapMeter(lines: number): {
  look(): void;
  read(): { readonly peak: number; readonly first: number; readonly last: number };
} {
  const every = Math.max(1, Math.floor(lines / 1_000));
  const early = Math.max(1, Math.floor(lines / 10));
  let peak = 0;
  let first = 0;
  let looks = 0;
  return {
    look: () => {
      looks += 1;
      if (looks % every === 0) peak = Math.max(peak, process.memoryUsage().heapUsed);
      if (looks === early) first = liveHeapBytes();
    },
    read: () => ({ peak: toMib(peak), first: toMib(first), last: toMib(liveHeapBytes()) }),
  };
}

function toMib(bytes: number): number {
  return Math.round(bytes / MIB);
}
