import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAddressPool } from '../../src/live/address-pool.ts';
import { readManifest } from '../../src/live/bundle.ts';
import type { DiskImage } from '../../src/live/disk-image-store.ts';
import { createProcessBody, type ProcessBody } from '../../src/live/process-body.ts';
import { startWatchdog } from '../../src/live/watchdog.ts';
import { createMachineRoom } from '../../src/machine/machine-room.ts';
import type { BodySpec } from '../../src/model/ports.ts';
import { appPort } from '../support/app-port.ts';
import { isAlive } from '../support/is-alive.ts';
import { type Bundle, makeBundle } from '../support/make-bundle.ts';
import { waitFor } from '../support/wait-for.ts';

interface Bench extends AsyncDisposable {
  readonly body: ProcessBody;
  readonly folder: string;
  spec(id: string, userData?: string): BodySpec;
}

async function openBench(bundle: Bundle, stopCapMs = 60_000): Promise<Bench> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'exoship-test-')));
  const file = join(folder, 'image');
  await writeFile(file, bundle.bytes);
  const image: DiskImage = { kind: 'bundle', file, manifest: await readManifest(file) };
  const addresses = await openAddressPool(appPort);
  const watchdog = await startWatchdog(folder);
  const instances = join(folder, 'instances');
  await mkdir(instances);
  const machines = createMachineRoom(folder, appPort);
  const body = createProcessBody({ addresses, watchdog, machines, folder: instances, stopCapMs });
  return {
    body,
    folder,
    spec: (id, userData = '') => ({
      instanceId: id,
      name: id,
      templateId: 'template',
      image,
      address: body.allocateAddress(id),
      userData,
    }),
    async [Symbol.asyncDispose]() {
      await body.close();
      await watchdog.close();
      await addresses.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Answer {
  readonly version: string;
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly pid: number;
}

async function ask(address: string, path = '/'): Promise<Answer | undefined> {
  const response = await fetch(`http://${address}:${appPort}${path}`).catch(() => undefined);
  return response?.ok ? ((await response.json()) as Answer) : undefined;
}

test('createProcessBody() runs a bundle on its own address with nothing else in its environment', async () => {
  await using bench = await openBench(await makeBundle());
  const spec = bench.spec('a', '#exoship-env\nGREETING=hi=there\n# note\nPORT=1\nbad key=1\n');
  bench.body.start(spec, () => undefined);
  const answer = await waitFor('the instance', () => ask(spec.address));
  expect(answer.env).toEqual({ GREETING: 'hi=there', HOST: spec.address, PORT: String(appPort) });
  expect(answer.cwd).toBe(join(bench.folder, 'instances', 'a'));
  await waitFor('its console', () => bench.body.consoleOf('a').includes('listening'));
});

test('createProcessBody() stops with SIGTERM and lets the program take its time', async () => {
  await using bench = await openBench(await makeBundle());
  const spec = bench.spec('a', '#exoship-env\nLAME_DUCK_MS=300');
  const exits: string[] = [];
  bench.body.start(spec, (reason) => exits.push(reason));
  await waitFor('the instance', () => ask(spec.address));
  bench.body.stop('a');
  await waitFor('failing health', async () => {
    const response = await fetch(`http://${spec.address}:${appPort}/health`).catch(() => undefined);
    return response?.status === 503;
  });
  expect(await ask(spec.address)).toBeDefined();
  await waitFor('the exit', () => exits.length > 0);
  expect(exits).toEqual(['exited with code 0']);
});

test('createProcessBody() kills a program that ignores the power button for too long', async () => {
  const stubborn =
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up');";
  await using bench = await openBench(await makeBundle({}, stubborn), 50);
  const exits: string[] = [];
  bench.body.start(bench.spec('a'), (reason) => exits.push(reason));
  await waitFor('the program', () => bench.body.consoleOf('a').includes('up'));
  bench.body.stop('a');
  await waitFor('the exit', () => exits.length > 0);
  expect(exits).toEqual(['was ended by SIGKILL']);
});

test('createProcessBody() tells of a program that ends by itself, and of one that cannot start', async () => {
  await using bench = await openBench(await makeBundle());
  const spec = bench.spec('a');
  const exits: string[] = [];
  bench.body.start(spec, (reason) => exits.push(reason));
  await waitFor('the instance', () => ask(spec.address));
  await fetch(`http://${spec.address}:${appPort}/die`).catch(() => undefined);
  await waitFor('the exit', () => exits.length > 0);

  await using broken = await openBench(await makeBundle({ start: ['./missing'] }));
  broken.body.start(broken.spec('b'), (reason) => exits.push(reason));
  await waitFor('the failure', () => exits.length > 1);
  expect(exits).toEqual([
    'exited with code 3',
    expect.stringMatching(/^could not start: .*ENOENT/),
  ]);
});

test('createProcessBody() never reports the exit of a killed instance and wipes its disk', async () => {
  await using bench = await openBench(await makeBundle());
  const spec = bench.spec('a');
  const exits: string[] = [];
  bench.body.start(spec, (reason) => exits.push(reason));
  const { pid } = await waitFor('the instance', () => ask(spec.address));
  bench.body.kill('a');
  await waitFor('the death', () => !isAlive(pid));
  await waitFor(
    'the disk',
    async () => (await readdir(join(bench.folder, 'instances'))).length === 0,
  );
  expect(exits).toEqual([]);
});

test('createProcessBody() keeps the disk over a stop and a start, and starts anew after a kill', async () => {
  const counting = `
    import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync('boots', 'x');
    console.log('boot ' + readFileSync('boots', 'utf8').length + ';');
    setInterval(() => {}, 1000);`;
  await using bench = await openBench(await makeBundle({}, counting));
  const spec = bench.spec('a');
  const exits: string[] = [];
  const boot = () => bench.body.start(spec, (reason) => exits.push(reason));
  boot();
  await waitFor('the first boot', () => bench.body.consoleOf('a').includes('boot 1;'));
  bench.body.stop('a');
  await waitFor('the exit', () => exits.length === 1);
  boot();
  await waitFor('the second boot', () => bench.body.consoleOf('a').includes('boot 2;'));
  bench.body.kill('a');
  boot();
  await waitFor('a fresh disk', () => bench.body.consoleOf('a').split('boot 1;').length === 3);
});

test('createProcessBody() survives a template that is deleted right after the start', async () => {
  await using bench = await openBench(await makeBundle());
  const spec = bench.spec('a');
  bench.body.start(spec, () => undefined);
  await rm((spec.image as DiskImage).file);
  expect(await waitFor('the instance', () => ask(spec.address))).toBeDefined();
});

test('close() leaves no process behind, children of the program included', async () => {
  const parent = `
    import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    console.log('child ' + child.pid + ';');
    setInterval(() => {}, 1000);`;
  const bench = await openBench(await makeBundle({}, parent));
  bench.body.start(bench.spec('a'), () => undefined);
  const text = await waitFor(
    'the child',
    () => /child (\d+);/.exec(bench.body.consoleOf('a'))?.[1],
  );
  await bench[Symbol.asyncDispose]();
  await waitFor('its death', () => !isAlive(Number(text)));
});
