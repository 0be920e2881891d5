import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createExoscale, importTemplate } from '@exoship/exoscale-api';
import { type Cloud, type SandboxOptions, type Switches, startSandbox } from '@exoship/sandbox';
import { packArchive } from '../../../../apps/hello/bundle/pack-archive.ts';
import { chooseAppPort } from '../../demo/app-port.ts';
import type { Ground, GuestKind, Pace } from '../../lab/ground.ts';

export interface LiveGround extends Ground, AsyncDisposable {
  readonly cloud: Cloud;
  readonly quota: number;
  calls(): number;
}

const quota = 8;
const latencies: SandboxOptions['latencies'] = {
  operationMs: 60,
  bootMs: 120,
  destroyMs: 600,
  templateMs: 20,
  selfHealMs: 700,
  deregisterMs: 500,
  acpiTimeoutMs: 10_000,
};
const pace: Pace = {
  pollMs: 50,
  patienceMs: 60_000,
  watchMs: 2_500,
  settleMs: 700,
  lingerMs: 2_000,
  check: { intervalMs: 1_000, timeoutMs: 1_000 },
};

const server = `import { createServer } from 'node:http';
const { HOST, PORT, LIFE_MS, LINGER_MS = '0' } = process.env;
process.on('SIGTERM', () => setTimeout(() => process.exit(0), Number(LINGER_MS)));
createServer((_, answer) => answer.end('ok')).listen(Number(PORT), HOST);
if (LIFE_MS !== undefined) setTimeout(() => process.exit(0), Number(LIFE_MS));
`;

const userData: Readonly<Record<GuestKind, string>> = {
  web: '',
  other: '',
  mortal: '#exoship-env\nLIFE_MS=1500\n',
  lingering: `#exoship-env\nLINGER_MS=${pace.lingerMs}\n`,
};

/** A sandbox that serves HTTP: real sockets, real processes, the wall's time. */
export async function openLiveGround(
  seed: number,
  switches: Partial<Switches>,
): Promise<LiveGround> {
  await using opened = new AsyncDisposableStack();
  const port = await chooseAppPort(8080);
  const sandbox = opened.use(
    await startSandbox({
      seed,
      appPort: port,
      latencies,
      switches,
      quotas: { instance: quota },
      minimumCheckSeconds: { interval: 1, timeout: 1 },
    }),
  );
  let calls = 0;
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
    fetch: async (input, init) => {
      calls += 1;
      return await fetch(input, init);
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'exoship-lab-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const register = async (name: string): Promise<string> => {
    const manifest = { start: ['node', 'server.mjs'], port, version: name };
    const file = join(folder, `${name}.tar.gz`);
    const files = { 'exoship-bundle.json': JSON.stringify(manifest), 'server.mjs': server };
    await writeFile(file, packArchive(files));
    return (await importTemplate(exoscale, { file, name, bucket: 'lab' })).id;
  };
  const templateId = await register('web');
  const otherId = await register('other');
  const everything = opened.move();
  return {
    zone: sandbox.zone,
    exoscale,
    clock: {
      now: () => new Date(),
      monotonicMs: () => performance.now(),
      sleep: async (ms, { signal } = {}) =>
        await delay(ms, undefined, signal ? { signal } : undefined),
    },
    pace,
    port,
    instanceType: 'standard.micro',
    guest: (kind) => ({
      templateId: kind === 'other' ? otherId : templateId,
      userData: userData[kind],
    }),
    cloud: sandbox.cloud,
    quota,
    calls: () => calls,
    [Symbol.asyncDispose]: async () => await everything.disposeAsync(),
  };
}
