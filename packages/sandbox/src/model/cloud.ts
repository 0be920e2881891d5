import { type AntiAffinityGroups, createAntiAffinityGroups } from './anti-affinity-groups.ts';
import { type Audit, createAudit } from './audit.ts';
import { type Catalog, createCatalog } from './catalog.ts';
import { type CloudOptions, completeOptions, type MinimumCheckSeconds } from './cloud-options.ts';
import { createContext } from './context.ts';
import type { CloudListener } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { createIam, type Iam } from './iam.ts';
import type { MachineSettings } from './instance.ts';
import { createInstanceLife } from './instance-life.ts';
import { createInstanceStore } from './instance-store.ts';
import { createInstances, type Instances } from './instances.ts';
import type { KeyIssuer } from './key-issuer.ts';
import { createLoadBalancers, type LoadBalancers } from './load-balancers.ts';
import { createOperations, type Operations } from './operations.ts';
import { createPoolKeeper } from './pool-keeper.ts';
import { createPoolStore } from './pool-store.ts';
import { createPoolTurns } from './pool-turns.ts';
import { createPools, type Pools } from './pools.ts';
import { createQuotas, type Quotas } from './quotas.ts';
import { checkReferences, type MachineReferences } from './references.ts';
import { createSecurityGroups, type SecurityGroups } from './security-groups.ts';
import { createServiceBoard } from './service-board.ts';
import { type CloudSnapshot, takeSnapshot } from './snapshot.ts';
import { createSnapshots, type Snapshots } from './snapshots.ts';
import { createSshKeys, type SshKeys } from './ssh-keys.ts';
import type { Switches } from './switches.ts';
import { createTemplates, type Templates } from './templates.ts';

/** The simulated cloud: a deterministic state machine that moves by its scheduler alone. */
export interface Cloud extends Disposable {
  readonly catalog: Catalog;
  /** Answers where no zone is named. */
  readonly defaultZone: string;
  readonly organizationId: string;
  readonly switches: Switches;
  /** The shortest health check that a service may ask for. */
  readonly minimumCheckSeconds: MinimumCheckSeconds;
  readonly templates: Templates;
  readonly instances: Instances;
  readonly pools: Pools;
  readonly loadBalancers: LoadBalancers;
  readonly securityGroups: SecurityGroups;
  readonly antiAffinityGroups: AntiAffinityGroups;
  readonly sshKeys: SshKeys;
  readonly snapshots: Snapshots;
  readonly operations: Operations;
  readonly quotas: Quotas;
  readonly iam: Iam;
  /** The part of {@link iam} that Vault's engine uses. */
  readonly issuer: KeyIssuer;
  readonly audit: Audit;
  readonly faults: Faults;
  now(): Date;
  /** Runs `task` later, in the cloud's own time. */
  after(delayMs: number, task: () => void): () => void;
  newRequestId(): string;
  /** Called at once for everything that happens from now on; the returned function ends it. */
  subscribe(listener: CloudListener): () => void;
  snapshot(): CloudSnapshot;
  /** Pulls every plug and drops what was still to happen. */
  close(): void;
}

export function createCloud(options: CloudOptions): Cloud {
  const { seed, zones, defaultZone, latencies, switches, ...given } = completeOptions(options);
  const { scheduler, body, prober, images } = given;
  const context = createContext({ seed, scheduler, body, prober, images, latencies, switches });
  const faults = createFaults(given.faults);
  const operations = createOperations(context, faults);
  const catalog = createCatalog(context, zones);
  const store = createInstanceStore(context);
  const poolStore = createPoolStore(context);
  const audit = createAudit();
  const sshKeys = createSshKeys(context, operations);
  const iam = createIam(context, operations, given.admin);

  // Quotas count what the parts hold, and the parts ask the quotas: hence a function.
  const quotas = (): Quotas => allQuotas;
  const templates = createTemplates({ context, operations, zones, quotas });
  const securityGroups = createSecurityGroups(context, operations, (id) =>
    users().some(({ securityGroupIds }) => securityGroupIds.includes(id)),
  );
  const antiAffinityGroups = createAntiAffinityGroups({
    context,
    operations,
    hosts: given.hosts,
    countMembers: (id) => store.list().filter(isApart(id)).length,
    isUsed: (id) => users().some(isApart(id)),
  });
  const life = createInstanceLife({
    context,
    store,
    imageOf: (id) => templates.imageOf(id),
    failsToBoot: ({ name }, turn) =>
      faults.takeBoot(name) || context.draw(turn, 'boot failure') < given.bootFailureShare,
  });
  const check = (zone: string, settings: MachineReferences): void =>
    checkReferences(
      { catalog, templates, securityGroups, antiAffinityGroups, sshKeys },
      zone,
      settings,
    );
  const instances = createInstances({
    store,
    life,
    operations,
    quotas,
    room: antiAffinityGroups.room,
    check,
  });
  const board = createServiceBoard(context, store);
  const loadBalancers = createLoadBalancers({ context, operations, board, quotas });
  const keeper = createPoolKeeper({
    context,
    pools: poolStore,
    instances: store,
    life,
    quotas,
    room: antiAffinityGroups.room,
  });
  const turns = createPoolTurns(context, poolStore, keeper, operations);
  const pools = createPools({
    context,
    store: poolStore,
    keeper,
    turns,
    life,
    quotas,
    check,
    isServed: (poolId) => loadBalancers.isServed(poolId),
  });
  const allQuotas = createQuotas(given.quotas, {
    instance: () => store.list().length,
    template: () => templates.countNow(),
    'network-load-balancer': () => loadBalancers.list().length,
    'iam-key': () => iam.countKeys().live,
  });

  function users(): readonly MachineSettings[] {
    return [...store.list(), ...poolStore.list()];
  }

  function close(): void {
    context.close();
    for (const { id } of store.list()) body.kill(id);
  }

  for (const name of given.publicTemplates) templates.add({ ...publicDetails, name });
  return {
    catalog,
    defaultZone,
    organizationId: context.newId('organization'),
    switches,
    minimumCheckSeconds: given.minimumCheckSeconds,
    templates,
    instances,
    pools,
    loadBalancers,
    securityGroups,
    antiAffinityGroups,
    sshKeys,
    snapshots: createSnapshots({
      context,
      operations,
      sourceOf: (id) => ({ image: templates.imageOf(id), checksum: templates.checksumOf(id) }),
    }),
    operations,
    quotas: allQuotas,
    iam,
    issuer: iam,
    audit,
    faults,
    now: () => context.now(),
    after: (delayMs, task) => context.after(delayMs, task),
    newRequestId: () => context.newId('request'),
    subscribe: (listener) => context.subscribe(listener),
    snapshot: () =>
      takeSnapshot(context.now(), { instances: store, templates, iam, pools, loadBalancers }),
    close,
    [Symbol.dispose]: close,
  };
}

function isApart(id: string): (machine: MachineSettings) => boolean {
  return ({ antiAffinityGroupIds }) => antiAffinityGroupIds.includes(id);
}

/** What the provider's own templates tell of themselves; the clients show it. */
const publicDetails = {
  visibility: 'public',
  description: 'A public image',
  family: 'linux',
  version: '1',
  build: '2026-01-01',
  maintainer: 'sandbox',
  defaultUser: 'ubuntu',
  bootMode: 'uefi',
} as const;
