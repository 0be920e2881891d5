import type { Annotations, MutationCall, RolloutEvent } from '@exoship/rollout';
import { type Court, describe } from './deed.ts';

/** S6, S8 and S14, for every change. */
export function checkTurn(court: Court): void {
  const { deed, witness, tally } = court;
  const { seen } = witness;
  if (deed.call !== 'drain') {
    tally.check(
      'S6',
      witness.inFlight === 0 && seen?.status === 'steady',
      () =>
        `${witness.name}: ${describe(deed)} with ${witness.inFlight} in flight, pool ${seen?.statusDetail}`,
    );
  }
  tally.check(
    'S8',
    mayWrite(court),
    () => `${witness.name}: ${describe(deed)} under the lease of ${ownerOf(seen?.annotations)}`,
  );
  checkAnnouncement(court);
}

export function takesLease({ deed, witness }: Court): boolean {
  return ownerOf(deed.annotations) === witness.owner;
}

/** A lease is taken only when nobody's is alive; everything else needs it. */
function mayWrite(court: Court): boolean {
  const { witness, world } = court;
  const annotations = witness.seen?.annotations;
  const owner = ownerOf(annotations);
  if (owner === witness.owner) return true;
  if (!takesLease(court)) return false;
  const until = new Date(annotations?.['exoship-until'] ?? 0);
  return owner === undefined || witness.isExclusive || until <= world.cloud.now();
}

export function ownerOf(annotations: Annotations | undefined): string | undefined {
  return annotations?.['exoship-owner'];
}

const decisions: Readonly<Record<MutationCall, readonly string[]>> = {
  begin: ['begin', 'revert'],
  settle: ['begin', 'adopt', 'renew', 'hold', 'finish', 'release'],
  grow: ['grow'],
  drain: ['drain'],
  evict: ['evict'],
};

function checkAnnouncement({ deed, witness, tally }: Court): void {
  const index = witness.announced.findIndex((event) => isAbout(event, deed.call, deed.ids));
  const decision = witness.lastDecision;
  const isReasoned =
    decision?.type === 'decision-made' &&
    decisions[deed.call].includes(decision.action) &&
    decision.reason !== '' &&
    decision.observation !== '';
  tally.check(
    'S14',
    index >= 0 && isReasoned,
    () =>
      `${witness.name}: ${describe(deed)} was not announced, last was ${JSON.stringify(decision)}`,
  );
  if (index >= 0) witness.announced.splice(index, 1);
}

function isAbout(event: RolloutEvent, call: MutationCall, ids: readonly string[] = []): boolean {
  if (event.type !== 'mutation-start' || event.call !== call) return false;
  return ids.every((id) => event.members?.includes(id));
}
