import { readdir, readFile } from 'node:fs/promises';

/** One process, told apart from a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  readonly startedAt: string;
}

interface ProcessState extends ProcessId {
  readonly parent: number;
  readonly name: string;
}

/** Everything that runs and descends from this process now, itself included. */
export async function descendantsOf(pid: number): Promise<readonly ProcessId[]> {
  const all = await runningProcesses();
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid: child, parent } of all) if (family.has(parent)) family.add(child);
  }
  return all.filter((process) => family.has(process.pid));
}

/** Those of `known` that still run, and whatever has `marker` in its environment: `1234 node`. */
export async function survivors(
  known: readonly ProcessId[],
  marker: string,
): Promise<readonly string[]> {
  const all = await runningProcesses();
  const marked = await Promise.all(all.map(({ pid }) => hasInEnvironment(pid, marker)));
  const isKnown = (one: ProcessId): boolean =>
    known.some(({ pid, startedAt }) => pid === one.pid && startedAt === one.startedAt);
  return all
    .filter((one, index) => marked[index] === true || isKnown(one))
    .map(({ pid, name }) => `${pid} ${name}`);
}

async function runningProcesses(): Promise<readonly ProcessState[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const states = await Promise.all(pids.map(async (pid) => await readState(Number(pid))));
  return states.filter((state) => state !== undefined);
}

/** `undefined` for a process that has ended, a zombie too. */
async function readState(pid: number): Promise<ProcessState | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name may hold anything, parentheses too.
  const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
  const fields = stat.slice(close + 2).split(' ');
  const [state, parent, startedAt] = [fields[0], fields[1], fields[19]];
  if (startedAt === undefined || state === 'Z' || state === 'X') return undefined;
  return { pid, name: stat.slice(open + 1, close), parent: Number(parent), startedAt };
}

async function hasInEnvironment(pid: number, marker: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.includes(marker);
}
