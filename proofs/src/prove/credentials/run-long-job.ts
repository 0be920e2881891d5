import { cp, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createExoscale } from '@exoship/exoscale-api';
import { makeWorld } from '../../demo/world.ts';
import { demoConfig } from '../../harness/open-ci.ts';
import { changeAppRole } from './as-root.ts';
import { type JobOptions, runJob } from './run-job.ts';
import { sweep } from './run-row.ts';
import { openWorld, type World } from './world.ts';

/** What a deployment that outlasts its keys, and its token, did to them. */
export interface LongJob {
  readonly exitCode: number;
  readonly seconds: number;
  readonly keyTtlSeconds: number;
  readonly apiCalls: number;
  /** Calls that were refused because of their key. */
  readonly refusedCalls: number;
  readonly keysMinted: number;
  readonly logins: number;
  readonly mostKeysAlive: number;
  readonly keysLeft: number;
  readonly tokensLeft: number;
  readonly leaks: readonly string[];
  readonly output: string;
}

interface LongJobOptions {
  readonly seed: number;
  /** How long the new members are baked, which is most of it. */
  readonly bakeSeconds: number;
}

const KEY_TTL_SECONDS = 5;
const LOOK_INTERVAL_MS = 20;

/** A real deployment with keys of five seconds and tokens of at most twenty. */
export async function runLongJob({ seed, bakeSeconds }: LongJobOptions): Promise<LongJob> {
  await using world = await openWorld(seed);
  const { sandbox, temporary, folder, tap } = world;
  const options = { cwd: folder, temporary };
  await copyApp(folder);
  const config = await world.configure(undefined, (text) =>
    text.replace(
      'strategy: { kind: auto }',
      `strategy: { kind: double }\n      bakeTime: ${bakeSeconds}s`,
    ),
  );
  const before = { env: world.env({ CI_COMMIT_SHA: 'a'.repeat(40), ...config }) };
  await build('a.json', { ...options, ...before });
  await openPool(world);
  const after = world.env({ CI_COMMIT_SHA: 'b'.repeat(40), ...config });
  await build('b.json', { ...options, env: after });
  await shortenLives(world);

  const first = tap.exchanges.length;
  const alive = watchKeys(world);
  const startedAtMs = performance.now();
  const argv = ['deploy', '--untested', '--artifact', 'b.json', '--output', 'json'];
  const end = await runJob(argv, { ...options, env: after });
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  const mostKeysAlive = alive.stop();
  const exchanges = tap.exchanges.slice(first);
  const called = (prefix: string): number =>
    exchanges.filter(({ call }) => call.startsWith(prefix)).length;
  // One refused call for each key is the proof that it was revoked.
  const refusals = exchanges.filter(
    ({ call, status }) => isApi(call) && [401, 403].includes(status),
  );
  const { leases, tokens } = sandbox.vault.snapshot();
  return {
    exitCode: end.exitCode,
    seconds,
    keyTtlSeconds: KEY_TTL_SECONDS,
    apiCalls: exchanges.filter(({ call }) => isApi(call)).length - refusals.length,
    refusedCalls: refusals.length - (end.stderr.match(/revoked, proven/g)?.length ?? 0),
    keysMinted: called('GET /v1/exoscale/apikey/'),
    logins: called('POST /v1/auth/approle/login'),
    mostKeysAlive,
    keysLeft: leases.length,
    tokensLeft: tokens.filter(({ path }) => path.endsWith('/login')).length,
    leaks: sweep(tap.secrets, end),
    output: end.stderr,
  };
}

export function longJobProblems(job: LongJob): readonly string[] {
  const { exitCode, refusedCalls, mostKeysAlive, keysLeft, tokensLeft, logins, leaks } = job;
  return [
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}`]),
    ...(refusedCalls === 0 ? [] : [`${refusedCalls} API calls were refused`]),
    ...(mostKeysAlive <= 2 ? [] : [`${mostKeysAlive} keys alive at once`]),
    ...(keysLeft + tokensLeft === 0 ? [] : [`${keysLeft} keys, ${tokensLeft} tokens left`]),
    ...(logins >= 2 ? [] : ['the token never reached its maximum']),
    ...leaks,
  ];
}

function isApi(call: string): boolean {
  return / \/(?:v2|z)\//.test(call);
}

async function build(artifact: string, options: JobOptions): Promise<void> {
  const { exitCode, stderr } = await runJob(['build', '--artifact', artifact], options);
  if (exitCode !== 0)
    throw new RangeError(`Nothing to deploy, build exited ${exitCode}: ${stderr}`);
}

/** The configuration is changed, and what it names is found beside it. */
async function copyApp(folder: string): Promise<void> {
  const app = dirname(demoConfig);
  const isOwn = (path: string): boolean => !/\/(?:node_modules|\.turbo)$/.test(path);
  await cp(app, folder, { recursive: true, filter: isOwn });
  await symlink(join(app, 'node_modules'), join(folder, 'node_modules'));
}

async function openPool(world: World): Promise<void> {
  const { sandbox } = world;
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  const [template] = await exoscale.templates.list({ visibility: 'private' });
  await makeWorld(exoscale, {
    templateId: template?.id ?? '',
    poolSize: 1,
    appPort: Number(world.env().EXOSHIP_PORT),
    sandbox,
    signal: AbortSignal.timeout(60_000),
  });
}

/** Renewable once, so that both ways are gone: in place, and by another key. */
async function shortenLives(world: World): Promise<void> {
  await world.root.write('exoscale/role/exoship-deploy', {
    'iam-role': 'exoship-deploy',
    ttl: `${KEY_TTL_SECONDS}s`,
    max_ttl: `${KEY_TTL_SECONDS * 2}s`,
  });
  await changeAppRole(world, { token_ttl: '10s', token_max_ttl: '20s' });
}

function watchKeys({ sandbox }: World): { stop(): number } {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, sandbox.vault.snapshot().leases.length);
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}
