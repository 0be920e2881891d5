import type { KeyCounts } from './api-keys.ts';
import type { Iam } from './iam.ts';
import type { InstanceState } from './instance.ts';
import type { InstanceStore } from './instance-store.ts';
import type { LoadBalancers } from './load-balancers.ts';
import type { PoolState } from './pool.ts';
import type { Pools } from './pools.ts';
import type { Templates } from './templates.ts';

export interface PoolSnapshot {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly state: PoolState;
  readonly templateId: string;
  readonly members: readonly {
    readonly id: string;
    readonly name: string;
    readonly templateId: string;
    readonly state: InstanceState;
  }[];
}

export interface ServiceSnapshot {
  readonly id: string;
  readonly name: string;
  readonly poolId: string;
  /** Instance ids. */
  readonly rotation: readonly string[];
  readonly serving: readonly string[];
}

/** The whole cloud at one moment, for proofs: plain data, no secret in it. */
export interface CloudSnapshot {
  readonly at: Date;
  readonly instances: {
    readonly ever: number;
    readonly now: number;
    /** Of those that are there now, by template id. */
    readonly byTemplate: Readonly<Record<string, number>>;
  };
  /** Private ones. */
  readonly templates: { readonly ever: number; readonly now: number };
  readonly keys: KeyCounts;
  readonly pools: readonly PoolSnapshot[];
  readonly services: readonly ServiceSnapshot[];
}

export interface SnapshotParts {
  readonly instances: InstanceStore;
  readonly templates: Templates;
  readonly iam: Iam;
  readonly pools: Pools;
  readonly loadBalancers: LoadBalancers;
}

export function takeSnapshot(at: Date, parts: SnapshotParts): CloudSnapshot {
  const { templates, iam, pools, loadBalancers } = parts;
  const instances = parts.instances.list();
  const byTemplate = Map.groupBy(instances, ({ templateId }) => templateId);
  return {
    at,
    instances: {
      ever: parts.instances.countEver(),
      now: instances.length,
      byTemplate: Object.fromEntries([...byTemplate].map(([id, those]) => [id, those.length])),
    },
    templates: { ever: templates.countEver(), now: templates.countNow() },
    keys: iam.countKeys(),
    pools: pools.list().map(({ id, name, size, state, templateId }) => ({
      id,
      name,
      size,
      state,
      templateId,
      members: pools.members(id).map((member) => ({
        id: member.id,
        name: member.name,
        templateId: member.templateId,
        state: member.state,
      })),
    })),
    services: loadBalancers.list().flatMap(({ services }) =>
      services.map(({ id, name, poolId }) => ({
        id,
        name,
        poolId,
        rotation: loadBalancers.rotation(id),
        serving: loadBalancers.serving(id),
      })),
    ),
  };
}
