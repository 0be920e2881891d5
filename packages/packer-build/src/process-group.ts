import { readdir, readFile } from 'node:fs/promises';
// The one thing for which no option can stand in: `subprocess.kill()` reaches a process, never its group.
import { kill } from 'node:process';
import type { Clock } from './clock.ts';

const POLL_MS = 20;
/** SIGKILL is not refused, but a process in the middle of disk I/O takes a moment. */
const KILL_MS = 1_000;

/**
 * Ends every process of a group: SIGTERM, some grace, SIGKILL. SIGINT would not do, Packer ignores it unless the whole
 * group gets it.
 */
export async function stopGroup(
  groupId: number,
  { clock, graceMs }: { readonly clock: Clock; readonly graceMs: number },
): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM')) return;
  if (await isGoneWithin(groupId, graceMs, clock)) return;
  signalGroup(groupId, 'SIGKILL');
  await isGoneWithin(groupId, KILL_MS, clock);
}

/** Signal 0 reaches nobody; false when the group has no process, not even a zombie. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    kill(-groupId, signal);
    return true;
  } catch {
    return false;
  }
}

async function isGoneWithin(groupId: number, ms: number, clock: Clock): Promise<boolean> {
  const deadlineMs = clock.monotonicMs() + ms;
  while (signalGroup(groupId, 0) && (await hasLivingMember(groupId))) {
    if (clock.monotonicMs() >= deadlineMs) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}

/**
 * In a container the first process is often a shell that reaps nobody: orphans stay zombies for ever, and a group of
 * zombies would cost the whole grace. Without `/proc` (not Linux) every member counts.
 */
async function hasLivingMember(groupId: number): Promise<boolean> {
  const [first] = await membersOf(groupId, 1);
  return first !== undefined || (await readdir('/proc').catch(() => undefined)) === undefined;
}

/** Those that live, up to `most`; none without `/proc`. */
export async function membersOf(
  groupId: number,
  most: number = Number.POSITIVE_INFINITY,
): Promise<readonly number[]> {
  const members: number[] = [];
  for (const entry of await readdir('/proc').catch(() => [])) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = await readFile(`/proc/${entry}/stat`, 'latin1').catch(() => '');
    // The name before the last parenthesis may hold anything, spaces and parentheses too.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (group === String(groupId) && state !== 'Z' && state !== 'X') members.push(Number(entry));
    if (members.length >= most) break;
  }
  return members;
}
