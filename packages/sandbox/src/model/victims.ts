import type { Instance } from './instance.ts';
import type { Switches } from './switches.ts';

/**
 * The members that a shrinking pool deletes. `luck` maps a member to [0, 1); the unluckiest go first. Protected members
 * are spared.
 */
export function chooseVictims(
  members: readonly Instance[],
  count: number,
  policy: Switches['scaleDownVictims'],
  luck: (member: Instance) => number,
): readonly Instance[] {
  const candidates = members.filter((member) => !member.isProtected);
  if (policy === 'newest') candidates.reverse();
  if (policy === 'random') {
    const lots = new Map(candidates.map((member) => [member, luck(member)]));
    candidates.sort((a, b) => (lots.get(a) ?? 0) - (lots.get(b) ?? 0));
  }
  return candidates.slice(0, Math.max(0, count));
}
