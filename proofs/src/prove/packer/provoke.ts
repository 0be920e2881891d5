import { mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { survivors } from '../signals/processes.ts';
import type { FailureRow } from './failure-rows.ts';
import type { Ground } from './ground.ts';
import { refuseUploads } from './refuse-uploads.ts';
import { type LineEnd, type RunningLine, startLine } from './run-line.ts';
import { mountSmallDisk } from './small-disk.ts';

/** What came of one provoked failure. */
export interface Failure {
  readonly what: string;
  readonly exitCode: number | undefined;
  readonly code: string | undefined;
  readonly message: string;
  /** Processes, files and objects. */
  readonly leftovers: readonly string[];
  readonly violations: readonly string[];
  /** Why it was not provoked. */
  readonly skipped?: string;
}

const POLL_MS = 50;
const SETTLE_MS = 300;

export async function provoke(ground: Ground, row: FailureRow): Promise<Failure> {
  const disk = row.diskMib === undefined ? undefined : await mountSmallDisk(row.diskMib);
  await using stack = new AsyncDisposableStack();
  if (disk !== undefined) stack.use(disk);
  const { what } = row;
  const nothing = { exitCode: undefined, code: undefined, message: '', leftovers: [] };
  if (row.diskMib !== undefined && disk === undefined) {
    return { what, ...nothing, violations: [], skipped: 'needs a disk of its own: may not mount' };
  }
  const temporary = disk?.path ?? (await mkdtemp(join(tmpdir(), 'xf-')));
  const job = await ground.openJob({ ...row.change, temporary });
  stack.defer(async () => {
    if (disk === undefined) await job[Symbol.asyncDispose]();
  });
  const env = await makeTrouble(ground, row, stack);
  const base = row.boots ? ground.tools.base : [];
  const argv = ['build', '--output', 'json', ...base, ...(row.arguments ?? [])];
  const line = startLine(job.line(argv, env));
  if (row.trouble === 'cancelled') await cancelInWork(line);
  const end = await line.ended;
  await delay(SETTLE_MS);
  const leftovers = [
    ...(await survivors([], job.marker)).map((process) => `process ${process}`),
    ...(await job.leftFiles()).map((file) => `file ${file}`),
    ...(await ground.objects()).map((path) => `object ${path}`),
  ];
  return judge(row, end, leftovers);
}

async function cancelInWork(line: RunningLine): Promise<void> {
  let isOver = false;
  void line.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !line.output().includes(': provisioning')) await delay(POLL_MS);
  if (!isOver) process.kill(line.pid, 'SIGTERM');
}

async function makeTrouble(
  { ci }: Ground,
  { trouble }: FailureRow,
  stack: AsyncDisposableStack,
): Promise<Readonly<Record<string, string>>> {
  if (trouble === 'uploads-refused') {
    const { apiEndpoint, sosEndpoint } = ci.sandbox;
    const relay = stack.use(await refuseUploads(apiEndpoint, sosEndpoint));
    return { EXOSCALE_API_ENDPOINT: relay.endpoint };
  }
  if (trouble === 'registration-fails') {
    const match = { operation: 'register-template' };
    stack.defer(ci.sandbox.cloud.faults.add({ kind: 'operation-failure', match }));
  }
  if (trouble === 'no-packer') {
    const bin = await mkdtemp(join(ci.folder, 'bin-'));
    await symlink(process.execPath, join(bin, 'node'));
    return { PATH: [bin, dirname(process.execPath)].join(delimiter) };
  }
  return {};
}

function judge(row: FailureRow, end: LineEnd, leftovers: readonly string[]): Failure {
  const { error } = JSON.parse(end.stdout || '{}') as {
    readonly error?: { readonly code?: string; readonly message: string };
  };
  const { code, message = '' } = error ?? {};
  const violations = [
    ...(end.exitCode === row.exitCode ? [] : [`exit code ${end.exitCode}, not ${row.exitCode}`]),
    ...(code === row.code ? [] : [`code ${code}, not ${row.code}`]),
    ...(row.says.test(message) ? [] : [`message does not match ${row.says}: ${message}`]),
    ...leftovers,
  ];
  return { what: row.what, exitCode: end.exitCode, code, message, leftovers, violations };
}
