import { createExoscale, type Exoscale, isExoscaleError } from '@exoship/exoscale-api';
import { type ApiExchange, type Sandbox, startSandbox } from '@exoship/sandbox';
import { chooseAppPort } from '../../demo/app-port.ts';
import { type FaultAction, type FaultRow, faultRows } from './fault-rows.ts';
import { createQuickClock } from './quick-clock.ts';
import { registerBundle } from './register-bundle.ts';
import { createRewritingFetch, type RewritingFetch } from './rewriting-fetch.ts';

export interface FaultResult {
  readonly name: string;
  readonly outcome: string;
  /** Instances or keys that the row's call made. */
  readonly made: number;
  readonly ms: number;
  readonly faults: readonly string[];
}

interface Bench {
  readonly sandbox: Sandbox;
  readonly exoscale: Exoscale;
  readonly rewriting: RewritingFetch;
  readonly templateId: string;
  readonly typeId: string;
  readonly roleId: string;
}

/** Twenty times the client's own waits fit into it. */
const clockFactor = 50;
const requestTimeoutMs = 1_000;
const operationDeadlineMs = 30_000;
/** Whatever goes wrong, nobody waits longer than this. */
const patienceMs = 20_000;

/** Lets every row go wrong against a sandbox over real sockets. */
export async function proveFaults(
  seed: number,
  onApiCall: (exchange: ApiExchange) => void,
  signal: AbortSignal,
): Promise<readonly FaultResult[]> {
  const latencies = { operationMs: 20, bootMs: 20, destroyMs: 20, templateMs: 20 };
  const appPort = await chooseAppPort(8080);
  await using sandbox = await startSandbox({ seed, appPort, latencies, onApiCall, signal });
  const rewriting = createRewritingFetch();
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
    fetch: rewriting.fetch,
    clock: createQuickClock(clockFactor),
    requestTimeoutMs,
  });
  const templateId = await registerBundle(exoscale, { name: 'hello', port: appPort, signal });
  const typeId = (await exoscale.instanceTypes.find('standard.tiny'))?.id ?? '';
  const roleId = (await exoscale.iamRoles.findByName('exoship-test'))?.id ?? '';
  const bench = { sandbox, exoscale, rewriting, templateId, typeId, roleId };
  const results: FaultResult[] = [];
  for (const [index, row] of faultRows.entries()) {
    signal.throwIfAborted();
    results.push(await runRow(bench, row, `row-${index}`));
  }
  return results;
}

async function runRow(bench: Bench, row: FaultRow, name: string): Promise<FaultResult> {
  const { sandbox } = bench;
  if (row.isTaken) await act(bench, 'create', name);
  arm(bench, row);
  const started = performance.now();
  const outcome = await outcomeOf(act(bench, row.action, name));
  const ms = Math.round(performance.now() - started);
  sandbox.cloud.faults.clear();
  const made = (await clearAway(bench, row.action, name)) - (row.isTaken ? 1 : 0);
  return { name: row.name, outcome, made, ms, faults: faultsOf(row, { outcome, made, ms }) };
}

/** Deletes what bears the name, and tells how much it was. */
async function clearAway(bench: Bench, action: FaultAction, name: string): Promise<number> {
  const { sandbox, exoscale } = bench;
  if (action === 'mint') {
    const keys = sandbox.cloud.iam.listKeys().filter((key) => key.name === name);
    for (const { key } of keys) await exoscale.apiKeys.delete(key);
    return keys.length;
  }
  const instances = sandbox.cloud.instances
    .list()
    .filter((instance) => instance.name === name && instance.state !== 'destroying');
  for (const { id } of instances) await exoscale.instances.delete(id);
  return instances.length;
}

const called: Readonly<Record<FaultAction, Pick<ApiExchange['request'], 'method' | 'path'>>> = {
  read: { method: 'GET', path: '/instance' },
  create: { method: 'POST', path: '/instance' },
  mint: { method: 'POST', path: '/api-key' },
};
const operations: Readonly<Record<FaultAction, string>> = {
  read: 'list-instances',
  create: 'create-instance',
  mint: 'create-api-key',
};

function arm({ sandbox, rewriting }: Bench, { action, fault, rewrite }: FaultRow): void {
  const match = { operation: operations[action] };
  if (fault !== undefined) sandbox.cloud.faults.add({ ...fault, match });
  if (rewrite !== undefined) rewriting.next({ ...called[action], ...rewrite });
}

async function act(bench: Bench, action: FaultRow['action'], name: string): Promise<void> {
  const { exoscale, templateId, typeId: instanceTypeId, roleId } = bench;
  const signal = AbortSignal.timeout(patienceMs);
  if (action === 'read') await exoscale.instances.list({}, { signal });
  else if (action === 'mint') await exoscale.apiKeys.create({ name, roleId }, { signal });
  else {
    const request = { name, templateId, instanceTypeId, diskSizeGib: 10 };
    await exoscale.instances.create(request, { signal, deadlineMs: operationDeadlineMs });
  }
}

async function outcomeOf(work: Promise<void>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    if (isExoscaleError(error)) return error.code;
    return error instanceof Error ? error.name : String(error);
  }
}

function faultsOf(
  row: FaultRow,
  { outcome, made, ms }: Pick<FaultResult, 'outcome' | 'made' | 'ms'>,
): readonly string[] {
  return [
    ...(outcome === row.outcome ? [] : [`${outcome} instead of ${row.outcome}`]),
    ...(made > 1 ? [`${made} made by one call`] : []),
    ...(row.action !== 'read' && outcome === 'ok' && made !== 1 ? ['nothing was made'] : []),
    ...(row.action === 'mint' && outcome !== 'ok' && made > 0 ? ['a key that nobody knows'] : []),
    ...(ms >= patienceMs ? [`it took ${ms} ms`] : []),
  ];
}
