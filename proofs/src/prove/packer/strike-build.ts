import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { descendantsOf, survivors } from '../signals/processes.ts';
import type { Kill } from './draw-kills.ts';
import { type BuildJob, type Ground, readAll } from './ground.ts';
import { type LineEnd, type RunningLine, startLine } from './run-line.ts';
import { type Timeline, untilMoment } from './timeline.ts';

export interface KillVerdict extends Kill {
  readonly atMs: number;
  /** False when the build had ended before. */
  readonly hit: boolean;
  /** What the build had said last. */
  readonly during: string;
  readonly exitCode: number;
  /** From the signal until no process and no file was left. */
  readonly goneAfterMs: number | undefined;
  /** In the bucket, before the sweep. */
  readonly objects: number;
  /** In words; empty when all is well. */
  readonly violations: readonly string[];
}

const GONE_MS = 10_000;
const POLL_MS = 100;
const CODES = { SIGTERM: 143, SIGINT: 130, SIGKILL: 137 } as const;
/** Of Packer's own end, of a build that was done before the signal came, of a registration nobody can take back. */
const PACKER_FAILED = 12;
const UNPROVEN = 18;

/** Kills one build at one moment, and looks what is left of it. */
export async function strikeBuild(
  ground: Ground,
  job: BuildJob,
  kill: Kill,
  timeline: Timeline,
): Promise<KillVerdict> {
  const line = startLine(job.line(['build', '--force', ...ground.tools.base]));
  const isWrapper = kill.target === 'wrapper';
  const atMs = Math.round(kill.share * (isWrapper ? timeline.lengthMs : timeline.packerEndsMs));
  const isRunning = await untilMoment(line, timeline, atMs);
  const target = isWrapper ? line.pid : await untilPacker(line);
  const during = lastWords(line.output());
  const family = await descendantsOf(line.pid);
  const hit = isRunning && target !== undefined && send(target, kill.signal);
  const struckMs = performance.now();
  const end = await line.ended;
  const left = await leftAfter(struckMs, async () => [
    ...(await survivors(family, job.marker)).map((process) => `process ${process}`),
    ...(await job.leftFiles()).map((file) => `file ${file}`),
  ]);
  const objects = await ground.objects();
  return {
    ...kill,
    atMs,
    hit,
    during,
    exitCode: end.exitCode,
    goneAfterMs: left.length === 0 ? Math.round(performance.now() - struckMs) : undefined,
    objects: objects.length,
    violations: [
      ...left.map((what) => `${what} after ${GONE_MS} ms`),
      ...(await keysIn(job)),
      ...(await unswept(ground, job, objects)),
      ...(isTruthful(kill, hit, end) ? [] : [`exit code ${end.exitCode}: ${tailOf(end.stderr)}`]),
      ...(kill.signal === 'SIGKILL' && kill.target === 'wrapper'
        ? []
        : objects.map((path) => `object ${path} without a sweep`)),
    ],
  };
}

/** A signal ends ci-cli with that signal's code; it ends well only when it was nearly done. */
function isTruthful(
  { signal, target }: Kill,
  hit: boolean,
  { exitCode, stderr }: LineEnd,
): boolean {
  const isDone = exitCode === 0 && /template \S+ is [0-9a-f-]{36}/.test(stderr);
  if (!hit || isDone) return isDone;
  if (target === 'packer') return exitCode === PACKER_FAILED;
  return exitCode === CODES[signal] || (exitCode === UNPROVEN && stderr.includes('cleanup'));
}

/** A machine that is busy with other things starts it late. */
async function untilPacker({ pid, ended }: RunningLine): Promise<number | undefined> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const packer = await packerOf((await descendantsOf(pid)).map((one) => one.pid));
    if (packer !== undefined) return packer;
    await delay(POLL_MS);
  }
  return undefined;
}

/** The one that builds and whose parent is no Packer. */
async function packerOf(family: readonly number[]): Promise<number | undefined> {
  const names = new Map<number, { readonly name: string; readonly parent: number }>();
  for (const pid of family) {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
    const words = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
    // The proof of a build asks for the version.
    const isBuild = words.includes('\0build\0') || words.includes('\0plugin\0');
    const name = isBuild ? stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')) : '';
    names.set(pid, { name, parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) });
  }
  const packers = [...names].filter(([, { name }]) => name === 'packer');
  return packers.find(([, { parent }]) => names.get(parent)?.name !== 'packer')?.[0];
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function leftAfter(
  sinceMs: number,
  look: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  for (;;) {
    const left = await look();
    if (left.length === 0 || performance.now() - sinceMs >= GONE_MS) return left;
    await delay(POLL_MS);
  }
}

async function keysIn({ folder, temporary }: BuildJob): Promise<readonly string[]> {
  const texts = await Promise.all([folder, temporary].map(readAll));
  return texts.some((text) => text.includes('PRIVATE KEY')) ? ['a private key in a file'] : [];
}

/** A registration that nobody could take back goes on for a moment, with its object. */
async function unswept(
  ground: Ground,
  job: BuildJob,
  objects: readonly string[],
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  await delay(1_000);
  const swept = startLine(job.line(['sweep', '--yes', '--older-than', '0s']));
  await swept.ended;
  return (await ground.objects()).map((path) => `object ${path} after the sweep`);
}

function tailOf(stderr: string): string {
  return stderr.trimEnd().split('\n').slice(-12).join(' | ');
}

function lastWords(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim().slice(0, 100) ?? '';
}
