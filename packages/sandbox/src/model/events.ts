import type { InstanceState } from './instance.ts';
import type { OperationReason, OperationState } from './operations.ts';
import type { PoolState } from './pool.ts';

interface InstanceChanged {
  readonly type: 'instance-changed';
  readonly instanceId: string;
  readonly name: string;
  readonly zone: string;
  readonly poolId?: string | undefined;
  readonly templateId: string;
  readonly address: string;
  /** Absent for a new instance. */
  readonly from?: InstanceState | undefined;
  readonly state: InstanceState;
}

interface PoolChanged {
  readonly type: 'pool-changed';
  readonly poolId: string;
  readonly state: PoolState;
  readonly size: number;
  readonly templateId: string;
}

interface MembershipChanged {
  readonly type: 'member-joined' | 'member-left';
  readonly poolId: string;
  readonly instanceId: string;
  readonly templateId: string;
  readonly address: string;
}

interface ServiceChanged {
  readonly type: 'service-created' | 'service-updated' | 'service-deleted';
  readonly loadBalancerId: string;
  readonly serviceId: string;
  /** Where clients connect to. */
  readonly address: string;
  readonly port: number;
  /** Where members listen. */
  readonly targetPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly strategy: 'round-robin' | 'source-hash' | 'maglev-hash';
}

interface RotationChanged {
  /**
   * `rotation-changed`: who gets new connections · `serving-changed`: those of them that are switched on and whose last
   * probe succeeded, which is what a proof about availability counts.
   */
  readonly type: 'rotation-changed' | 'serving-changed';
  readonly loadBalancerId: string;
  readonly serviceId: string;
  readonly poolId: string;
  readonly addresses: readonly string[];
  readonly instanceIds: readonly string[];
}

interface OperationChanged {
  readonly type: 'operation-started' | 'operation-done';
  readonly operationId: string;
  readonly command: string;
  readonly referenceId: string;
  readonly state: OperationState;
  readonly reason?: OperationReason | undefined;
  readonly message?: string | undefined;
}

interface TemplateChanged {
  readonly type: 'template-registered' | 'template-failed' | 'template-deleted';
  readonly templateId: string;
  readonly name: string;
}

interface KeyChanged {
  readonly type: 'key-created' | 'key-deleted';
  readonly key: string;
  readonly name: string;
  readonly roleId: string;
}

export type CloudHappening =
  | InstanceChanged
  | PoolChanged
  | MembershipChanged
  | ServiceChanged
  | RotationChanged
  | OperationChanged
  | TemplateChanged
  | KeyChanged;

/** Something that has just happened. Listeners are called at once, in the order in which things happen. */
export type CloudEvent = CloudHappening & { readonly at: Date };
export type CloudListener = (event: CloudEvent) => void;
