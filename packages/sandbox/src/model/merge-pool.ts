import { nullableFields, type Pool, type PoolDetails } from './pool.ts';
import type { Switches } from './switches.ts';

/** What a request named; `null` clears. */
export type PoolChanges = {
  readonly [Field in keyof PoolDetails]?: PoolDetails[Field] | null | undefined;
};

const cleared: Partial<PoolDetails> = {
  securityGroupIds: [],
  antiAffinityGroupIds: [],
  elasticIpIds: [],
  privateNetworkIds: [],
  sshKeyNames: [],
  deployTargetId: undefined,
  minAvailable: undefined,
  userData: '',
  instancePrefix: 'pool',
};

/** The pool after a PUT. What leaving a nullable field out means, and what labels do, is up to the switches. */
export function mergePool(pool: Pool, changes: PoolChanges, switches: Switches): Pool {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  const forgotten = nullableFields.filter((field) => changes[field] === undefined);
  const nulls = named.filter(([, value]) => value === null).map(([field]) => field);
  const omitted = switches.omittedFieldsOnPut === 'clear' ? forgotten : [];
  const clear = Object.entries(cleared).filter(
    ([field]) => nulls.includes(field) || omitted.some((other) => other === field),
  );
  const merged: Pool = {
    ...pool,
    ...Object.fromEntries(clear),
    ...Object.fromEntries(named.filter(([, value]) => value !== null)),
  };
  if (switches.putMergesLabels === 'replace') return merged;
  return { ...merged, labels: { ...pool.labels, ...changes.labels } };
}
