import { setTimeout as delay } from 'node:timers/promises';

const STOP_GRACE_MS = 2_000;
/** SIGKILL needs no cooperation, but takes effect asynchronously. */
const KILL_WAIT_MS = 500;
const POLL_MS = 20;

/** Ends every process of a group: asks, and after two seconds makes it. */
export async function stopGroup(groupId: number): Promise<void> {
  if (!signalGroup(groupId, 'SIGTERM') || (await isGoneWithin(groupId, STOP_GRACE_MS))) return;
  signalGroup(groupId, 'SIGKILL');
  await isGoneWithin(groupId, KILL_WAIT_MS);
}

async function isGoneWithin(groupId: number, ms: number): Promise<boolean> {
  const endsAtMs = performance.now() + ms;
  while (signalGroup(groupId, 0)) {
    if (performance.now() >= endsAtMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** False when nobody of the group is left. */
function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch {
    return false;
  }
}
