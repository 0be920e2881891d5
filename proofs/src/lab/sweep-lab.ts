import { type ApiCall, isExoscaleError } from '@exoship/exoscale-api';
import { beginCall } from './attempt.ts';
import { protectionOf } from './calls.ts';
import type { Ground } from './ground.ts';
import { isOurs } from './names.ts';

export interface SweepOptions {
  /** @default every run's */
  readonly runId?: string;
  /** Until everything must be gone. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Told of what is being removed, once for every try. @default nobody */
  readonly onRemove?: (what: string) => void;
}

/** Something that bears the lab's name. */
interface Thing {
  readonly what: 'load-balancer' | 'instance-pool' | 'instance' | 'security-group';
  readonly id: string;
  readonly name: string;
  readonly isLeaving: boolean;
}

/** So often in a row must nothing be there: what was asked for just before may show late. */
const looksWithout = 2;

/** Removes what the lab has made and proves that it is gone; resolves with what is still there at the deadline. */
export async function sweepLab(ground: Ground, options: SweepOptions): Promise<readonly string[]> {
  const { clock, pace } = ground;
  const startedMs = clock.monotonicMs();
  let without = 0;
  for (;;) {
    const things = await findThings(ground, options);
    without = things?.length === 0 ? without + 1 : 0;
    if (without === looksWithout) return [];
    if (clock.monotonicMs() - startedMs >= options.deadlineMs) {
      return things?.map(nameOf) ?? ['unknown: the cloud does not answer'];
    }
    for (const thing of things ?? []) {
      if (thing.isLeaving) continue;
      options.onRemove?.(nameOf(thing));
      await remove(ground, thing, options.signal);
    }
    await clock.sleep(pace.pollMs, { signal: options.signal });
  }
}

/** In the order in which they can be deleted; `undefined` when the cloud cannot be asked. */
async function findThings(
  { exoscale }: Ground,
  { runId, signal }: SweepOptions,
): Promise<readonly Thing[] | undefined> {
  const of = (what: Thing['what'], all: readonly Listed[]): readonly Thing[] =>
    all
      .filter(({ name }) => isOurs(name, runId))
      .map(({ id, name, state = '' }) => ({ what, id, name, isLeaving: leaving.includes(state) }));
  try {
    const balancers = of('load-balancer', await exoscale.loadBalancers.list({ signal }));
    const pools = of('instance-pool', await exoscale.pools.list({ signal }));
    const instances = of('instance', await exoscale.instances.list({}, { signal }));
    const groups = of('security-group', await exoscale.securityGroups.list({ signal }));
    // Members go with their pool; a pool would only replace those that are deleted beside it.
    const single = pools.length === 0 ? instances : [];
    const isFree = pools.length === 0 && instances.length === 0;
    return [...balancers, ...pools, ...single, ...(isFree ? groups : [])];
  } catch (error) {
    return passOver(error, signal);
  }
}

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly state?: string | undefined;
}

const leaving: readonly string[] = ['destroying', 'destroyed', 'expunging', 'deleting'];

function nameOf({ what, name, id }: Thing): string {
  return `${what} ${name} (${id})`;
}

async function remove(ground: Ground, thing: Thing, signal: AbortSignal): Promise<void> {
  const { what, id } = thing;
  const call: ApiCall = { method: 'DELETE', path: `/${what}/{id}`, params: { id } };
  try {
    const answer = await beginCall(ground.exoscale, call, signal);
    if (answer.kind === 'refused') await unprotect(ground, thing, signal);
  } catch (error) {
    passOver(error, signal);
  }
}

async function unprotect({ exoscale }: Ground, thing: Thing, signal: AbortSignal): Promise<void> {
  if (thing.what === 'instance') {
    await beginCall(exoscale, protectionOf(thing.id, 'remove'), signal);
  }
  if (thing.what !== 'instance-pool') return;
  for (const { id } of await exoscale.pools.members(thing.id, { signal })) {
    await beginCall(exoscale, protectionOf(id, 'remove'), signal);
  }
}

/** The next round may fare better. */
function passOver(error: unknown, signal: AbortSignal): undefined {
  signal.throwIfAborted();
  if (isExoscaleError(error)) return undefined;
  throw error;
}
