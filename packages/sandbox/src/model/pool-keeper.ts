import type { Context } from './context.ts';
import type { Instance, InstanceState, MachineSettings } from './instance.ts';
import type { InstanceLife } from './instance-life.ts';
import type { InstanceStore } from './instance-store.ts';
import type { Pool } from './pool.ts';
import type { PoolStore } from './pool-store.ts';
import type { Quotas } from './quotas.ts';
import { chooseVictims } from './victims.ts';

/** How often a pool that found no room looks again. */
const retryMs = 30_000;

/** The orchestrator behind the pools: keeps the number of members at their size. */
export interface PoolKeeper {
  /** All members that are not gone yet, oldest first. */
  members(poolId: string): readonly Instance[];
  /** Those of them that are not being deleted. */
  staying(poolId: string): readonly Instance[];
  /** Creates or deletes members until their number is the pool's size. */
  reconcile(poolId: string): void;
  remove(members: readonly Instance[]): void;
  /** Shows `running` again once nothing is in flight. */
  settle(poolId: string): void;
}

export interface PoolKeeperParts {
  readonly context: Context;
  readonly pools: PoolStore;
  readonly instances: InstanceStore;
  readonly life: InstanceLife;
  readonly quotas: () => Quotas;
  /** How many more instances find a host that these anti-affinity groups allow. */
  readonly room: (antiAffinityGroupIds: readonly string[]) => number;
}

export function createPoolKeeper(parts: PoolKeeperParts): PoolKeeper {
  const { context, pools, instances, life, quotas } = parts;
  const { switches } = context;
  /** How many repairs are booked, per pool: one that is to be repaired is not at rest. */
  const repairs = new Map<string, number>();
  const toReplace = new Set<string>();

  function members(poolId: string): readonly Instance[] {
    return instances.list({ poolId });
  }

  function staying(poolId: string): readonly Instance[] {
    return members(poolId).filter(({ state }) => state !== 'destroying');
  }

  function reconcile(poolId: string): void {
    const pool = pools.find(poolId);
    if (pool === undefined || pool.state === 'destroying') return;
    const current = staying(poolId);
    const missing = pool.size - current.length;
    const hosts = parts.room(pool.antiAffinityGroupIds);
    const granted = Math.min(missing, quotas().available('instance'), hosts);
    if (granted > 0 && pool.state === 'running') pools.change(poolId, { state: 'scaling-up' });
    for (let count = 0; count < granted; count += 1) join(pool);
    // Not a repair that keeps the pool from resting: nobody knows when there will be room.
    if (granted < missing) context.after(retryMs, () => reconcile(poolId));
    if (missing < 0) {
      const luck = (member: Instance) => context.draw(member.id, `victim of ${pool.size}`);
      remove(chooseVictims(current, -missing, switches.scaleDownVictims, luck));
    }
    settle(poolId);
  }

  function join(pool: Pool): void {
    const luck = context.draw(pool.id, `name of member ${instances.countEver()}`);
    const suffix = Math.floor(luck * 36 ** 5).toString(36);
    const name = `${pool.instancePrefix}-${suffix.padStart(5, '0')}`;
    const identity = { zone: pool.zone, name, poolId: pool.id };
    const labels = switches.membersInheritLabels ? pool.labels : {};
    const { id } = instances.add({ ...machineSettings(pool), labels }, identity);
    life.powerOn(id);
  }

  function remove(victims: readonly Instance[]): void {
    const deregisterFirst = switches.evictDeregistersFirst;
    for (const { id } of victims) life.destroy(id, { deregisterFirst });
  }

  function settle(poolId: string): void {
    const pool = pools.find(poolId);
    if (pool === undefined || pool.isBusy || pool.state === 'destroying') return;
    const isMoving = members(poolId).some(
      ({ state }) => state === 'starting' || state === 'destroying',
    );
    if (!isMoving && !repairs.has(poolId)) pools.change(poolId, { state: 'running' });
  }

  function repairLater(poolId: string): void {
    repairs.set(poolId, (repairs.get(poolId) ?? 0) + 1);
    const entity = `${poolId} at ${context.now().getTime()}`;
    context.after(Math.max(1, context.duration('selfHealMs', entity)), () => {
      const left = (repairs.get(poolId) ?? 1) - 1;
      if (left > 0) repairs.set(poolId, left);
      else repairs.delete(poolId);
      remove(staying(poolId).filter(({ id, state }) => toReplace.has(id) && state === 'stopped'));
      reconcile(poolId);
    });
  }

  function follow(instance: Instance, from: InstanceState | undefined): void {
    const { id: instanceId, poolId, templateId, address, state } = instance;
    if (poolId === undefined) return;
    const membership = { poolId, instanceId, templateId, address };
    if (from === undefined) context.emit({ type: 'member-joined', ...membership });
    if (state === 'starting') toReplace.delete(instanceId);
    if (state === 'stopped') {
      // Nobody asked a guest that went from `running` straight to `stopped`.
      const isReplaced = from === 'running' ? switches.selfHealOnExit : switches.selfHealOnStop;
      if (isReplaced) toReplace.add(instanceId);
      if (isReplaced) repairLater(poolId);
    }
    if (state === 'destroyed') {
      toReplace.delete(instanceId);
      context.emit({ type: 'member-left', ...membership });
      const size = pools.find(poolId)?.size ?? 0;
      if (switches.selfHealOnDelete && staying(poolId).length < size) repairLater(poolId);
    }
    settle(poolId);
  }

  instances.watch(follow);
  return { members, staying, reconcile, remove, settle };
}

function machineSettings(pool: Pool): MachineSettings {
  return {
    templateId: pool.templateId,
    instanceTypeId: pool.instanceTypeId,
    diskSizeGib: pool.diskSizeGib,
    securityGroupIds: pool.securityGroupIds,
    antiAffinityGroupIds: pool.antiAffinityGroupIds,
    elasticIpIds: pool.elasticIpIds,
    privateNetworkIds: pool.privateNetworkIds,
    sshKeyNames: pool.sshKeyNames,
    publicIpAssignment: pool.publicIpAssignment,
    deployTargetId: pool.deployTargetId,
    userData: pool.userData,
    labels: pool.labels,
  };
}
