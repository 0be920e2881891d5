import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What anybody on the machine could have seen of a job. */
export interface Sightings {
  /** Command lines, as `ps` shows them. */
  readonly commandLines: ReadonlySet<string>;
  /** Files that held something looked for, and that others could read. */
  readonly openFiles: ReadonlySet<string>;
  /** Files that held something looked for, out of others' reach. */
  readonly privateFiles: ReadonlySet<string>;
  readonly looks: number;
}

const LOOK_INTERVAL_MS = 20;
/** Images are looked into at the end, by who has made them. */
const LARGEST_BYTES = 2 * 2 ** 20;
const OTHERS_MAY_READ = 0o044;
const OTHERS_MAY_ENTER = 0o011;

/** Looks over the shoulder of a process and all that it starts, until it ends. */
export async function watchJob(
  pid: number,
  folders: readonly string[],
  needles: readonly string[],
  ended: Promise<unknown>,
): Promise<Sightings> {
  const commandLines = new Set<string>();
  const openFiles = new Set<string>();
  const privateFiles = new Set<string>();
  let looks = 0;
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    for (const one of await familyOf(pid)) {
      const line = await readFile(`/proc/${one}/cmdline`, 'latin1').catch(() => '');
      commandLines.add(line.replaceAll('\0', ' ').trim());
    }
    // Files live longer than processes, and take longer to read.
    if (looks % 5 === 0) {
      for (const file of (await Promise.all(folders.map(filesIn))).flat()) {
        const text = await readFile(file, 'latin1').catch(() => '');
        if (!needles.some((needle) => text.includes(needle))) continue;
        ((await isPrivate(file)) ? privateFiles : openFiles).add(file);
      }
    }
    looks += 1;
    await delay(LOOK_INTERVAL_MS);
  }
  return { commandLines, openFiles, privateFiles, looks };
}

/** A process and what it has started, as the kernel lists them: looking through all of them would take too long. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) =>
      readFile(`/proc/${pid}/task/${thread}/children`, 'latin1').catch(() => ''),
    ),
  );
  const children = lists.flatMap((list) => list.split(' ').map(Number).filter(Boolean));
  return [pid, ...(await Promise.all(children.map(familyOf))).flat()];
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const size = await stat(path).then(
      (found) => found.size,
      () => Number.POSITIVE_INFINITY,
    );
    if (size <= LARGEST_BYTES) files.push(path);
  }
  return files;
}

/** Its own mode says so, or that of a folder on the way to it. */
async function isPrivate(file: string): Promise<boolean> {
  // What is gone by now was there for us only, or will be seen the next time.
  const mode = await modeOf(file);
  if (mode === undefined || (mode & OTHERS_MAY_READ) === 0) return true;
  for (let folder = dirname(file); folder !== '/'; folder = dirname(folder)) {
    if ((((await modeOf(folder)) ?? 0) & OTHERS_MAY_ENTER) === 0) return true;
  }
  return false;
}

async function modeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(
    ({ mode }) => mode & 0o777,
    () => undefined,
  );
}
