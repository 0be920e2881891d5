import { conductMutations } from './conduct-mutations.ts';
import { endMutations } from './end-mutations.ts';
import { expectEnd } from './expect-end.ts';
import { memberMutations } from './member-mutations.ts';
import type { Mutation } from './mutation.ts';
import { play } from './play.ts';
import { checkControls } from './prove-controls.ts';
import { createTally, type Invariant } from './tally.ts';

export interface MutationRow {
  readonly bug: string;
  readonly breaks: readonly Invariant[];
  /** What the checks said to it. */
  readonly caughtBy: readonly Invariant[];
  readonly isCaught: boolean;
}

/** Shows of every invariant that it can fail: a bug is planted, and its checks must notice. */
export async function proveMutations(): Promise<readonly MutationRow[]> {
  const rows: MutationRow[] = [];
  for (const mutation of [...memberMutations, ...conductMutations, ...endMutations]) {
    const caughtBy = await plant(mutation);
    const isCaught = mutation.breaks.every((invariant) => caughtBy.includes(invariant));
    rows.push({ bug: mutation.name, breaks: mutation.breaks, caughtBy, isCaught });
  }
  return rows;
}

async function plant(mutation: Mutation): Promise<readonly Invariant[]> {
  const { scenario, sabotage, breaks, deaths } = mutation;
  const tally = createTally();
  try {
    if (breaks.includes('S11')) await checkControls(tally, 'mutation', sabotage);
    else expectEnd(scenario)(await play(scenario, tally, { sabotage, deaths }), tally);
  } catch (error) {
    // A bug may well keep the rollout from ever ending.
    tally.check('L1', false, () => String(error));
  }
  return [...new Set(tally.violations.map(({ invariant }) => invariant))];
}
