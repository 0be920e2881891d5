import { readFile } from 'node:fs/promises';
import type { Clock } from './clock.ts';
import { membersOf } from './process-group.ts';

const LOOK_INTERVAL_MS = 250;

/**
 * Calls when a machine of the group listens to more than this computer, which is what Packer has QEMU do unless the
 * template says otherwise: a guest that trusts a throw-away key, open to the network. Ends with the first machine seen.
 */
export async function watchExposure(options: {
  readonly groupId: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onExposed: () => void;
}): Promise<void> {
  const { groupId, clock, signal, onExposed } = options;
  for (;;) {
    for (const pid of await membersOf(groupId)) {
      const line = await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '');
      const words = line.split('\0');
      if (!isMachine(words)) continue;
      if (isExposed(words)) onExposed();
      return;
    }
    await clock.sleep(LOOK_INTERVAL_MS, { signal });
  }
}

function isMachine([program = '', ...words]: readonly string[]): boolean {
  // Packer also asks QEMU for its version.
  const isRunning = words.some((word) => word === '-drive' || word.includes('hostfwd='));
  return /(^|\/)qemu-(system-|kvm)/.test(program) && isRunning;
}

/** `hostfwd=tcp::2222-:22` and `-vnc 0.0.0.0:1` take connections from anywhere. */
export function isExposed(words: readonly string[]): boolean {
  const forwards = words.flatMap((word) => [...word.matchAll(/\bhostfwd=(?:tcp|udp)?:([^:]*):/g)]);
  if (forwards.some(([, address]) => !isLoopback(address ?? ''))) return true;
  const [, display] = /^([^:,]*):\d/.exec(words[words.indexOf('-vnc') + 1] ?? '') ?? [];
  return words.includes('-vnc') && display !== undefined && !isLoopback(display);
}

function isLoopback(address: string): boolean {
  return /^(127\.[\d.]+|localhost)$/.test(address);
}
