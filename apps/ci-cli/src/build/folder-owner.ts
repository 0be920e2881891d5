import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Who works in a folder: process ids come round again, and mean nothing in another container. */
interface Owner {
  readonly pid: number;
  /** When the process began, in the kernel's ticks. */
  readonly startedAt: string;
  readonly namespace: string;
}

const FILE = '.owner.json';

export async function writeOwner(folder: string): Promise<void> {
  const { pid } = process;
  const owner: Owner = {
    pid,
    startedAt: (await startOf(pid)) ?? '',
    namespace: await ownNamespace(),
  };
  await writeFile(join(folder, FILE), JSON.stringify(owner), { mode: 0o600 });
}

/** Surely nobody works in it any more; false when nobody can know. */
export async function isAbandoned(folder: string): Promise<boolean> {
  try {
    const owner = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as Owner;
    if (owner.namespace === '' || owner.namespace !== (await ownNamespace())) return false;
    return (await startOf(owner.pid)) !== owner.startedAt;
  } catch {
    return false;
  }
}

async function ownNamespace(): Promise<string> {
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ]);
  return boot === '' || namespace === '' ? '' : `${boot.trim()} ${namespace}`;
}

/** `undefined` when there is no such process. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' ? undefined : rest[18];
}
