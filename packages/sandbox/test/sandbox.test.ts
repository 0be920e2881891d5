import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/sandbox.ts';
import { appPort } from './support/app-port.ts';
import { fastWorld } from './support/fast-world.ts';
import { isAlive } from './support/is-alive.ts';
import { createLiveClient, type LiveClient } from './support/live-client.ts';
import { makeBundle } from './support/make-bundle.ts';
import { waitFor } from './support/wait-for.ts';

// A temporary folder for this file alone: others start sandboxes at the same time.
let temporary = '';
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'exoship-test-'));
  process.env.TMPDIR = temporary;
});
afterAll(() => rm(temporary, { recursive: true }));

interface World {
  readonly client: LiveClient;
  readonly templateId: string;
  readonly poolId: string;
  readonly serviceId: string;
  /** Of the load balancer. */
  readonly origin: string;
}

async function openWorld(sandbox: Sandbox, userData = ''): Promise<World> {
  const client = createLiveClient(sandbox);
  const templateId = await client.registerBundle('hello-1', await makeBundle());
  const types = (await client.call('GET', '/instance-type')).body['instance-types'];
  const poolId = await client.settle('POST', '/instance-pool', {
    name: 'web',
    size: 2,
    template: { id: templateId },
    'instance-type': { id: types[0].id },
    'disk-size': 10,
    'user-data': Buffer.from(userData).toString('base64'),
  });
  const balancerId = await client.settle('POST', '/load-balancer', { name: 'front' });
  await client.settle('POST', `/load-balancer/${balancerId}/service`, {
    name: 'http',
    'instance-pool': { id: poolId },
    port: appPort,
    'target-port': appPort,
    protocol: 'tcp',
    strategy: 'round-robin',
    healthcheck: {
      mode: 'http',
      port: appPort,
      uri: '/health',
      interval: 1,
      timeout: 1,
      retries: 1,
    },
  });
  const { ip, services } = (await client.call('GET', `/load-balancer/${balancerId}`)).body;
  return {
    client,
    templateId,
    poolId,
    serviceId: services[0].id,
    origin: `http://${ip}:${appPort}`,
  };
}

/** One connection each, so that every request is balanced anew. */
async function ask(origin: string) {
  const answer = await fetch(origin, { headers: { connection: 'close' } }).catch(() => undefined);
  return answer?.ok
    ? ((await answer.json()) as { version: string; pid: number; env: Record<string, string> })
    : undefined;
}

test('startSandbox() boots a pool of processes behind a real balancer', async () => {
  await using sandbox = await startSandbox({ ...fastWorld, appPort });
  const { client, poolId, serviceId, origin } = await openWorld(
    sandbox,
    '#exoship-env\nGREETING=hi',
  );
  await waitFor('both members', () => sandbox.balancers.get(serviceId)?.rotation().length === 2);
  const answers = [await ask(origin), await ask(origin), await ask(origin)];
  expect(answers.map((answer) => answer?.version)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  expect(answers[0]?.env.GREETING).toBe('hi');
  expect(new Set(answers.map((answer) => answer?.pid)).size).toBe(2);

  const members = (await client.call('GET', `/instance?manager-id=${poolId}`)).body.instances;
  expect(sandbox.addressOf(members[0].id)).toBe(members[0]['public-ip']);
  expect(sandbox.consoleOf(members[0].id)).toContain('listening');
  await client.settle('PUT', `/instance-pool/${poolId}:evict`, { instances: [members[0].id] });
  await waitFor('the eviction', () => sandbox.balancers.get(serviceId)?.rotation().length === 1);
  expect(sandbox.addressOf(members[0].id)).toBeUndefined();
}, 20_000);

test('close() ends every process, frees every port and removes every file', async () => {
  const before = await folders();
  const sandbox = await startSandbox({ ...fastWorld, appPort });
  const { serviceId, origin } = await openWorld(sandbox);
  await waitFor('both members', () => sandbox.balancers.get(serviceId)?.rotation().length === 2);
  const pids = [(await ask(origin))?.pid ?? 0, (await ask(origin))?.pid ?? 0];
  expect(pids.every(isAlive)).toBe(true);
  await Promise.all([sandbox.close(), sandbox.close()]);
  expect(pids.some(isAlive)).toBe(false);
  expect(await folders()).toEqual(before);
  for (const url of [origin, sandbox.vaultAddress]) {
    const { hostname, port } = new URL(url);
    const [error] = (await once(connect(Number(port), hostname), 'error')) as [
      NodeJS.ErrnoException,
    ];
    expect(error.code).toBe('ECONNREFUSED');
  }
}, 20_000);

test('startSandbox() leaves nothing behind when its process is killed', async () => {
  const program = `
    import { startSandbox } from '${new URL('../src/sandbox.ts', import.meta.url).href}';
    import { createLiveClient } from '${new URL('./support/live-client.ts', import.meta.url).href}';
    import { makeBundle } from '${new URL('./support/make-bundle.ts', import.meta.url).href}';
    const sandbox = await startSandbox(${JSON.stringify({ ...fastWorld, appPort })});
    const client = createLiveClient(sandbox);
    const templateId = await client.registerBundle('hello', await makeBundle());
    const types = (await client.call('GET', '/instance-type')).body['instance-types'];
    const id = await client.settle('POST', '/instance', {
      name: 'one', template: { id: templateId }, 'instance-type': { id: types[0].id }, 'disk-size': 10,
    });
    console.log(sandbox.addressOf(id));`;
  const before = await folders();
  const host = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = (await once(createInterface(host.stdout), 'line', {
    signal: AbortSignal.timeout(10_000),
  })) as [string];
  const { pid } = await waitFor('the instance', () => ask(`http://${address}:${appPort}`));
  expect(isAlive(pid)).toBe(true);
  host.kill('SIGKILL');
  await waitFor('its death', () => !isAlive(pid));
  await waitFor('its folder to go', async () => (await folders()).length === before.length);
}, 20_000);

test('startSandbox() gives a pipeline what it needs, and no more', async () => {
  await using sandbox = await startSandbox({ ...fastWorld, appPort });
  const { VAULT_ADDR, VAULT_TOKEN, VAULT_ROLE_ID } = sandbox.env;
  const vault = async (method: string, path: string, token: string | undefined, body?: object) => {
    const answer = await fetch(`${VAULT_ADDR}/v1/${path}`, {
      method,
      headers: token === undefined ? {} : { 'x-vault-token': token },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.status, ...((await answer.json().catch(() => ({}))) as object) } as {
      readonly status: number;
      readonly lease_id: string;
      readonly data: Readonly<Record<string, string>>;
      readonly auth: { readonly client_token: string };
    };
  };
  const role = `auth/approle/role/${sandbox.roleName}`;
  expect((await vault('GET', 'exoscale/apikey/exoship-test', VAULT_TOKEN)).status).toBe(403);
  const secretId = (await vault('POST', `${role}/secret-id`, VAULT_TOKEN)).data.secret_id;
  const login = { role_id: VAULT_ROLE_ID, secret_id: secretId };
  const { auth } = await vault('POST', 'auth/approle/login', undefined, login);

  const minted = await vault('GET', 'exoscale/apikey/exoship-build', auth.client_token);
  const { api_key: key = '', api_secret: secret = '' } = minted.data;
  const build = createLiveClient(sandbox, { key, secret: { reveal: () => secret } });
  expect((await build.call('GET', '/template?visibility=private')).status).toBe(200);
  expect((await build.s3('PUT', '/images')).status).toBe(200);
  expect((await build.call('GET', '/instance-pool')).status).toBe(403);
  expect((await build.s3('GET', '/')).status).toBe(403);

  const lease = { lease_id: minted.lease_id };
  expect((await vault('POST', 'sys/leases/revoke', auth.client_token, lease)).status).toBe(204);
  expect((await build.call('GET', '/instance-type')).status).toBe(403);
  expect((await build.s3('HEAD', '/images')).status).toBe(403);
});

test('startSandbox() says where everything is, in every zone', async () => {
  await using sandbox = await startSandbox({ ...fastWorld, appPort, zone: 'de-fra-1' });
  const { zones } = (await (await fetch(`${sandbox.apiEndpoint}/zone`)).json()) as {
    zones: { name: string; 'api-endpoint': string }[];
  };
  expect(zones[0]).toMatchObject({ name: 'de-fra-1', 'api-endpoint': sandbox.apiEndpoint });
  expect(zones.map(({ name }) => name)).toContain('ch-dk-2');
  expect(sandbox.env).toMatchObject({
    EXOSCALE_ZONE: 'de-fra-1',
    EXOSCALE_API_ENDPOINT: sandbox.apiEndpoint,
    VAULT_ADDR: sandbox.vaultAddress,
  });
  const groups = (await createLiveClient(sandbox).call('GET', '/security-group')).body;
  expect(groups['security-groups'].map(({ name }: { name: string }) => name)).toContain('hello');
});

test('startSandbox() makes the same draws with the same seed', async () => {
  const ids = async (seed: number) => {
    await using sandbox = await startSandbox({ ...fastWorld, appPort, seed });
    expect(sandbox.seed).toBe(seed);
    return [sandbox.roleId, (await createLiveClient(sandbox).call('GET', '/iam-role')).body];
  };
  expect(await ids(7)).toEqual(await ids(7));
  expect(await ids(7)).not.toEqual(await ids(8));
});

test('startSandbox() says that a port is taken, and leaves nothing behind', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const before = await folders();
  await expect(startSandbox({ port, appPort })).rejects.toMatchObject({
    code: 'port-taken',
    message: `Cannot listen on 127.0.0.1:${port}: another program has that port`,
  });
  squatter.close();
  expect(await folders()).toEqual(before);
});

test('startSandbox() refuses options that mean nothing', async () => {
  const start = (options: object) => startSandbox({ appPort, ...options });
  await expect(start({ ports: 1 })).rejects.toThrow(
    new TypeError('Unknown option of startSandbox(): "ports"'),
  );
  await expect(start({ port: -1 })).rejects.toThrow(RangeError);
  await expect(start({ appPort: 0 })).rejects.toThrow(RangeError);
  await expect(start({ latencies: { bootTime: 1 } })).rejects.toThrow(TypeError);
});

test('startSandbox() stops when it is aborted', async () => {
  const before = await folders();
  const reason = new RangeError('enough');
  await expect(startSandbox({ appPort, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const abort = new AbortController();
  const starting = startSandbox({ appPort, signal: abort.signal });
  abort.abort(reason);
  await expect(starting).rejects.toBe(reason);
  expect(await folders()).toEqual(before);
});

async function folders(): Promise<readonly string[]> {
  return (await readdir(temporary)).filter((name) => name.startsWith('exoship-sandbox-'));
}

test('startSandbox({ tls }) is reached under the names of the real cloud', async () => {
  await using sandbox = await startSandbox({ ...fastWorld, tls: true });
  const script = `
    const names = ['api-ch-dk-2.exoscale.com/v2/zone', 'sos-ch-gva-2.exo.io/images/missing'];
    const answers = names.map((name) => fetch('https://' + name));
    console.log(JSON.stringify((await Promise.all(answers)).map(({ status }) => status)));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...sandbox.tls?.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  expect(JSON.parse(line)).toEqual([200, 403]);
  expect(sandbox.tls?.caFile).toContain(temporary);
});

test('startSandbox({ onApiCall }) tells of every call and its answer', async () => {
  const calls: string[] = [];
  await using sandbox = await startSandbox({
    ...fastWorld,
    onApiCall: ({ request, response }) => {
      calls.push(`${request.method} ${request.path} ${response.status}`);
    },
  });
  await fetch(`${sandbox.apiEndpoint}/zone`);
  await fetch(`${sandbox.apiEndpoint}/instance`);
  expect(calls).toEqual(['GET /v2/zone 200', 'GET /v2/instance 401']);
});

test('startSandbox() takes faults from other processes, over loopback and with its token', async () => {
  await using sandbox = await startSandbox({ ...fastWorld });
  const headers = { authorization: `Bearer ${sandbox.adminToken.reveal()}` };
  const fault = { kind: 'status', status: 503, match: { operation: 'list-zones' }, count: 2 };
  const post = (init: RequestInit) => fetch(sandbox.faultsEndpoint, { method: 'POST', ...init });
  const body = JSON.stringify(fault);
  expect(new URL(sandbox.faultsEndpoint).hostname).toBe('127.0.0.1');
  expect((await post({ body })).status).toBe(401);
  expect((await post({ body, headers: { authorization: 'Bearer guess' } })).status).toBe(403);
  expect((await post({ body, headers })).status).toBe(201);
  const statuses = [];
  for (let call = 0; call < 3; call += 1) {
    statuses.push((await fetch(`${sandbox.apiEndpoint}/zone`)).status);
  }
  expect(statuses).toEqual([503, 503, 200]);
  expect(Object.values(sandbox.env)).not.toContain(sandbox.adminToken.reveal());
});

test('startSandbox() exports a disk from which another template is made, though its own is gone', async () => {
  await using sandbox = await startSandbox({ ...fastWorld, appPort });
  const client = createLiveClient(sandbox);
  const bundle = await makeBundle();
  const templateId = await client.registerBundle('hello-1', bundle);
  const types = (await client.call('GET', '/instance-type')).body['instance-types'];
  const instanceId = await client.settle('POST', '/instance', {
    name: 'web-1',
    template: { id: templateId },
    'instance-type': { id: types[0].id },
    'disk-size': 10,
  });
  const snapshotId = await client.settle('POST', `/instance/${instanceId}:create-snapshot`);
  await client.settle('POST', `/snapshot/${snapshotId}:export`);
  await client.settle('DELETE', `/template/${templateId}`);
  const { body } = await client.call('GET', `/snapshot/${snapshotId}`);
  expect(body.export.md5sum).toBe(bundle.md5);
  const access = { 'ssh-key-enabled': true, 'password-enabled': false };
  await client.settle('POST', '/template', {
    name: 'hello-2',
    url: body.export['presigned-url'],
    checksum: body.export.md5sum,
    ...access,
  });
  expect((await fetch(`${sandbox.sosEndpoint}/_exports/nothing`)).status).toBe(404);
});
