import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Accelerator, PhaseTiming } from '@exoship/packer-build';
import { z } from 'zod';
import type { Job } from '../job.ts';

/** What one build tells the next one on this machine. Nothing depends on it but speed and guesses of time. */
interface BuildMemory {
  /** What the boot probe has found, while neither machine nor QEMU are others. */
  readonly accelerator?: { readonly host: string; readonly found: Accelerator } | undefined;
  /** By template. */
  readonly timings?: Readonly<Record<string, readonly PhaseTiming[]>> | undefined;
}

const memorySchema = z.object({
  accelerator: z.object({ host: z.string(), found: z.enum(['kvm', 'tcg']) }).optional(),
  timings: z
    .record(
      z.string(),
      z.array(z.object({ build: z.string(), phase: z.string(), durationMs: z.number() })),
    )
    .optional(),
});

const MOST_TEMPLATES = 20;

export async function readMemory(job: Job): Promise<BuildMemory> {
  const file = fileOf(job);
  if (file === undefined) return {};
  try {
    return memorySchema.parse(JSON.parse(await readFile(file, 'utf8'))) as BuildMemory;
  } catch {
    return {};
  }
}

/** Best effort: a home that cannot be written to costs a second, no more. */
export async function remember(job: Job, news: BuildMemory): Promise<void> {
  const file = fileOf(job);
  if (file === undefined) return;
  const old = await readMemory(job);
  const timings = Object.entries({ ...old.timings, ...news.timings }).slice(-MOST_TEMPLATES);
  const memory: BuildMemory = { ...old, ...news, timings: Object.fromEntries(timings) };
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(memory), { mode: 0o600 });
    await rename(draft, file);
  } catch {
    // Read-only, or full.
  }
}

/** Of this boot of this machine with this QEMU: a probe's result holds for nothing else. */
export async function describeHost({ context }: Job): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const places = (context.env.PATH ?? '').split(delimiter).map((folder) => join(folder, QEMU));
  const files = await Promise.all(places.map((place) => stat(place).catch(() => undefined)));
  const index = files.findIndex((file) => file?.isFile());
  const device = await stat('/dev/kvm').catch(() => undefined);
  const facts = [boot, places[index], files[index]?.mtimeMs, files[index]?.size, device?.mode];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

const QEMU = 'qemu-system-x86_64';

function fileOf({ context }: Job): string | undefined {
  const { XDG_CACHE_HOME: cache, HOME: home } = context.env;
  const folder = cache || (home && join(home, '.cache'));
  return folder ? join(folder, 'exoship', 'builds.json') : undefined;
}
