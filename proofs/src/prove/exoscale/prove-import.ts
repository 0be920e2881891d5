import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type Ci, openCi } from '../../harness/open-ci.ts';
import { listObjects } from '../signals/list-objects.ts';
import { compileClient } from './compile-client.ts';
import { makeImageFile } from './image-file.ts';

export interface ImportProof {
  /** Of the large image. */
  readonly sizeMiB: number;
  /** Most memory that the importing process ever had. */
  readonly peakMiB: number;
  readonly ms: number;
  readonly kills: number;
  /** How many of the killed imports had left something for the sweep. */
  readonly littered: number;
  /** What was still there after the sweep, or was not as it should be. */
  readonly leftovers: readonly string[];
}

export interface ImportProofOptions {
  readonly seed: number;
  readonly sizeMiB: number;
  readonly kills: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const child = fileURLToPath(new URL('./import-child.mjs', import.meta.url));
/** As in `apps/hello/exoship.demo.yaml`, whose bucket the sweep looks into. */
const bucket = 'exoship-templates';
/** A dozen parts: enough of every phase for a signal to fall into. */
const smallBytes = 96 * 1024 ** 2;
const settleDeadlineMs = 60_000;
const restMs = 300;

/** Imports a large image, then kills imports of a small one at drawn moments and has ci-cli sweep. */
export async function proveImport(options: ImportProofOptions): Promise<ImportProof> {
  const { seed, sizeMiB, kills, say, signal } = options;
  const latencies = { operationMs: 50, templateMs: 200 };
  await using ci = await openCi({ seed, latencies, quotas: { template: kills + 5 } });
  const job = { ...options, client: await compileClient(signal) };
  const large = await importLarge(ci, job);
  say(
    `import of ${sizeMiB} MiB: ${Math.round(large.ms)} ms, at most ${large.peakMiB} MiB of memory`,
  );
  const leftovers = (await listObjects(ci.sandbox)).map((path) => `${path} after the import`);

  const file = join(ci.folder, 'small.qcow2');
  await makeImageFile(file, smallBytes, 'small');
  const { ms: wholeMs } = await runImport(ci, { file, name: 'small-whole', job });
  let littered = 0;
  for (let index = 0; index < kills; index++) {
    const name = `small-${index}`;
    // One moment in each slice, so that none of the phases is left out by chance.
    const afterMs = (wholeMs * (index + draw(seed, index))) / kills;
    await runImport(ci, { file, name, job, afterMs });
    if ((await restingObjects(ci)).length > 0) littered += 1;
    const left = await leftAfterSweep(ci, name);
    leftovers.push(
      ...left.map((path) => `${path} of ${name}, killed after ${afterMs.toFixed()} ms`),
    );
  }
  say(`${kills} imports killed: ${littered} left something, ${leftovers.length} after the sweep`);
  return { sizeMiB, ...large, kills, littered, leftovers };
}

async function importLarge(
  ci: Ci,
  job: ImportJob,
): Promise<{ readonly peakMiB: number; readonly ms: number }> {
  const file = join(ci.folder, 'large.qcow2');
  await makeImageFile(file, job.sizeMiB * 1024 ** 2, 'large');
  const { ms, stdout } = await runImport(ci, { file, name: 'large', job });
  const { peakMiB } = JSON.parse(stdout) as { readonly peakMiB: number };
  return { peakMiB, ms };
}

interface ImportJob extends ImportProofOptions {
  /** URL of the client's entry point. */
  readonly client: string;
}

interface ImportRun {
  readonly file: string;
  readonly name: string;
  readonly job: ImportJob;
  /** When to kill it. */
  readonly afterMs?: number;
}

async function runImport(
  { sandbox, env }: Ci,
  { file, name, job, afterMs }: ImportRun,
): Promise<{ readonly ms: number; readonly stdout: string }> {
  const { client, signal } = job;
  const { key, secret } = sandbox.adminCredentials;
  const started = performance.now();
  const running = execa(process.execPath, [child, client, file, name, bucket], {
    env: env({ EXOSCALE_API_KEY: key, EXOSCALE_API_SECRET: secret.reveal() }),
    extendEnv: false,
    reject: false,
    cancelSignal: signal,
  });
  const timer =
    afterMs === undefined ? undefined : setTimeout(() => running.kill('SIGKILL'), afterMs);
  const { exitCode, stdout, stderr } = await running;
  clearTimeout(timer);
  signal.throwIfAborted();
  if (afterMs === undefined && exitCode !== 0) {
    throw new RangeError(
      `The import of ${name} failed: ${stderr.split('\n').slice(0, 8).join('\n')}`,
    );
  }
  return { ms: performance.now() - started, stdout };
}

/** Objects and open uploads, and templates of that name that are not whole. */
async function leftAfterSweep(ci: Ci, name: string): Promise<readonly string[]> {
  const { exitCode, stderr } = await ci.run(['sweep', '--older-than', '0s', '--yes']);
  if (exitCode !== 0) return [`the sweep ended with ${exitCode}: ${stderr}`];
  await untilSettled(ci);
  const { cloud, zone } = ci.sandbox;
  const templates = cloud.templates.list(zone).filter((template) => template.name === name);
  const halves = templates.filter(({ sizeBytes }) => sizeBytes !== smallBytes);
  return [
    ...(await listObjects(ci.sandbox)),
    ...halves.map(({ id }) => `half a template ${id}`),
    ...(templates.length > 1 ? [`${templates.length} templates`] : []),
  ];
}

/** What lies there once the store has ended what it was asked for last: a sweep comes an hour later, not at once. */
async function restingObjects({ sandbox }: Ci): Promise<readonly string[]> {
  for (let before = await listObjects(sandbox); ; ) {
    await delay(restMs);
    const now = await listObjects(sandbox);
    if (now.join() === before.join()) return now;
    before = now;
  }
}

/** A registration that was under way goes on in the cloud: it ends as a template or as nothing. */
async function untilSettled({ sandbox: { cloud } }: Ci): Promise<void> {
  const deadline = performance.now() + settleDeadlineMs;
  while (cloud.operations.list().some(({ state }) => state === 'pending')) {
    if (performance.now() > deadline) throw new RangeError('An operation does not end');
    await delay(20);
  }
}

/** In [0, 1), and the same for the same seed. */
function draw(seed: number, index: number): number {
  return createHash('sha256').update(`${seed} import ${index}`).digest().readUInt32BE() / 2 ** 32;
}
