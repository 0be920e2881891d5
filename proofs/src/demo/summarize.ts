import type { Sandbox } from '@exoship/sandbox';
import type { Traffic } from '../load/load.ts';
import { blame } from './blame.ts';
import type { DemoOptions } from './options.ts';
import type { Shipped } from './ship.ts';
import type { DemoSummary } from './summary.ts';
import type { CloudWatch } from './watch-cloud.ts';
import type { World } from './world.ts';

export interface Findings {
  readonly options: DemoOptions;
  readonly sandbox: Sandbox;
  readonly world: World;
  readonly watch: CloudWatch;
  readonly shipped: Shipped;
  readonly traffic: Traffic;
  readonly templateA: string;
  readonly seen: Pick<DemoSummary, 'machines' | 'phases'>;
}

/** Puts together what the jobs said, what the load met and what the cloud saw; the cloud has the last word. */
export function summarize(findings: Findings): DemoSummary {
  const { options, sandbox, world, watch, shipped, traffic } = findings;
  const template = shipped.build.result.template as
    | { readonly templateId: string; readonly name: string }
    | undefined;
  const newMembers = watch.membersOf(template?.templateId ?? '');
  const { dropped, fromUnproven } = blame(traffic.failed, {
    newMembers,
    provedAt: new Map(
      shipped.events
        .filter(({ type, member }) => type === 'member-proved' && member !== undefined)
        .map(({ member, at }) => [member ?? '', new Date(at)]),
    ),
  });
  const snapshot = sandbox.cloud.snapshot();
  const pool = snapshot.pools.find(({ id }) => id === world.poolId);
  const members = pool?.members ?? [];
  return {
    seed: options.seed,
    release: options.release,
    strategy: options.strategy ?? null,
    stages: {
      build: shipped.build.exitCode,
      test: shipped.test?.exitCode ?? null,
      deploy: shipped.deploy?.exitCode ?? null,
    },
    template: template === undefined ? null : { id: template.templateId, name: template.name },
    smoke: smokeOf(shipped),
    rollout: rolloutOf(shipped, watch.minServing(world.serviceId) ?? 0),
    traffic: {
      requests: traffic.requests,
      dropped: dropped.length,
      errorsFromUnproven: fromUnproven.length,
    },
    keys: snapshot.keys,
    instances: {
      total: snapshot.instances.now,
      onNewTemplate: members.filter(({ templateId }) => templateId === template?.templateId).length,
      leaked: snapshot.instances.now - members.length,
    },
    ...findings.seen,
  };
}

function smokeOf({ test }: Shipped): DemoSummary['smoke'] {
  const smoke = test?.result.smoke as DemoSummary['smoke'] | undefined;
  if (!smoke) return null;
  return { passed: smoke.passed, readyAfterMs: smoke.readyAfterMs };
}

function rolloutOf({ deploy }: Shipped, minServing: number): DemoSummary['rollout'] {
  const rollout = deploy?.result.rollout as DemoSummary['rollout'] | undefined;
  if (!rollout) return null;
  const { outcome, from, to, size, wallMs } = rollout;
  return { outcome, from, to, size, minServing, wallMs: Math.round(wallMs) };
}
