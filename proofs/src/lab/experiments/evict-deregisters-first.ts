import type { Instance } from '@exoship/exoscale-api';
import type { Switches } from '@exoship/sandbox';
import { evictOf, letIn } from '../calls.ts';
import { type Experiment, type Finding, observed, unobservable } from '../experiment.ts';
import type { Lab } from '../lab.ts';

const samples = 2;
const tries = 4;

/**
 * Evicts members that pass their health checks, and watches which goes first: their entry in the balancer's statuses or
 * they themselves. It tells what the API says of the rotation, not what became of packets.
 */
export const evictDeregistersFirst: Experiment<Switches['evictDeregistersFirst']> = {
  name: 'evict-deregisters-first',
  question: 'Do members that are evicted leave the rotation before their plug is pulled?',
  needs: () => ({ instances: 3 + tries, atOnce: 3, balancers: 1, minutes: 45 }),
  async run(lab) {
    const { id: groupId } = await lab.exoscale.securityGroups.create(
      { name: `${lab.prefix}-front` },
      { signal: lab.signal },
    );
    await lab.must(letIn(groupId, lab.port));
    const poolId = await lab.createPool({ size: samples + 1, securityGroupIds: [groupId] });
    const balancerId = await lab.createBalancer(poolId);
    const found: boolean[] = [];
    for (let count = 1; count <= tries && found.length < samples; count += 1) {
      if (count > samples) await lab.scale(poolId, 2);
      const isFirst = await watchEviction(lab, poolId, balancerId);
      if (isFirst !== undefined) found.push(isFirst);
    }
    return conclude(found);
  },
};

function conclude(found: readonly boolean[]): Finding<boolean> {
  const [first] = found;
  if (first === undefined || found.length < samples) {
    return unobservable('Members were gone too soon to see what went first');
  }
  if (found.every((one) => one === first)) return observed(first, { samples });
  return unobservable(`It was not the same every time: ${found.join(', ')}`);
}

async function watchEviction(
  lab: Lab,
  poolId: string,
  balancerId: string,
): Promise<boolean | undefined> {
  const victim = await lab.expect('a member that passes its checks', async () => {
    const members = await lab.rest(poolId);
    const passing = await statuses(lab, balancerId);
    const isAllPassing = members.every(({ publicIp = '' }) => passing.get(publicIp) === 'success');
    return isAllPassing ? members[0] : undefined;
  });
  const begun = await lab.begin(evictOf(poolId, victim.id));
  if (begun.kind === 'refused') return undefined;
  const seen = { listed: 0, unlisted: 0 };
  await lab.expect('the member to go', async () => {
    // In this order: what is not listed and is there afterwards was there when it was not listed.
    const isListed = (await statuses(lab, balancerId)).has(victim.publicIp ?? '');
    const state = await stateOf(lab, victim);
    if (state === undefined) return true;
    if (state !== 'running' && isListed) seen.listed += 1;
    if (state !== 'running' && !isListed) seen.unlisted += 1;
    return undefined;
  });
  lab.note(
    `while it was being deleted, the member was listed ${seen.listed} and unlisted ${seen.unlisted} times`,
  );
  if (seen.unlisted > 1) return true;
  return seen.listed > 1 ? false : undefined;
}

async function statuses(lab: Lab, balancerId: string): Promise<Map<string, string | undefined>> {
  const { services } = await lab.exoscale.loadBalancers.get(balancerId, { signal: lab.signal });
  return new Map(
    services.flatMap(({ health }) => health.map(({ publicIp, status }) => [publicIp, status])),
  );
}

async function stateOf(lab: Lab, { id, managerId }: Instance): Promise<string | undefined> {
  const all = await lab.exoscale.instances.list({ managerId }, { signal: lab.signal });
  return all.find((one) => one.id === id)?.state;
}
