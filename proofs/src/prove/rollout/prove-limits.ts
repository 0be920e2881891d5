import type { Switches } from '@exoship/sandbox';
import type { Docket } from './docket.ts';
import type { Scenario } from './scenario.ts';
import { stories } from './stories.ts';

/** Positions of a switch under which a drain by `stop`, or the record in the labels, cannot do its work to the end. */
const hard: readonly Partial<Switches>[] = [
  { selfHealOnStop: true },
  { evictOfStoppedMember: 'conflict' },
  { putMergesLabels: 'merge' },
];

export interface Limit {
  readonly switches: Partial<Switches>;
  readonly runs: number;
  /** How many came to an end. */
  readonly ended: number;
}

/** Where an end is not promised: that nothing unsafe is done is, and how often an end is reached is told. */
export async function proveLimits(docket: Docket, seed: number): Promise<readonly Limit[]> {
  const limits: Limit[] = [];
  for (const switches of hard) {
    let ended = 0;
    for (const [name, story] of Object.entries(stories)) {
      const scenario: Scenario = { ...story, seed: `limits-${seed}`, switches };
      const { violations } = await docket.hear({ scenario });
      const unsafe = violations.filter(({ invariant }) => /^S([1-9]|13|14)$/.test(invariant));
      if (unsafe.length > 0) docket.record(`limits, ${name}`, { scenario }, unsafe);
      if (violations.every(({ invariant }) => invariant !== 'L1')) ended += 1;
    }
    limits.push({ switches, runs: Object.keys(stories).length, ended });
  }
  return limits;
}
