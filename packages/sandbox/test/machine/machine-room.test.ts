import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openAddressPool } from '../../src/live/address-pool.ts';
import { createProcessBody, type ProcessBody } from '../../src/live/process-body.ts';
import { startWatchdog } from '../../src/live/watchdog.ts';
import { createMachineRoom, type MachineOptions } from '../../src/machine/machine-room.ts';
import type { BodySpec } from '../../src/model/ports.ts';
import { appPort } from '../support/app-port.ts';
import { writeFakeQemu } from '../support/fake-qemu.ts';
import { waitFor } from '../support/wait-for.ts';

interface Bench extends AsyncDisposable {
  readonly body: ProcessBody;
  readonly folder: string;
  readonly problems: unknown[];
  readonly exits: string[];
  boot(id: string): BodySpec;
}

interface BenchOptions extends MachineOptions {
  readonly works?: string;
  readonly disk?: Buffer;
}

async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const { works, disk = Buffer.from('a qcow2 disk'), ...machineOptions } = options;
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'exoship-test-')));
  const file = join(folder, 'image');
  await writeFile(file, disk);
  const qemu = await writeFakeQemu(folder, works);
  const addresses = await openAddressPool(appPort);
  const watchdog = await startWatchdog(folder);
  const instances = join(folder, 'instances');
  await mkdir(instances);
  const problems: unknown[] = [];
  const exits: string[] = [];
  const body = createProcessBody({
    addresses,
    watchdog,
    machines: createMachineRoom(folder, appPort, { qemu, ...machineOptions }),
    folder: instances,
    stopCapMs: 1_000,
    onProblem: (problem) => problems.push(problem),
  });
  return {
    body,
    folder,
    problems,
    exits,
    boot(id) {
      const spec = {
        instanceId: id,
        name: id,
        templateId: 'template',
        image: { kind: 'qcow2', file },
        address: body.allocateAddress(id),
        userData: '#exoship-env\nGREETING=hi\n',
      };
      body.start(spec, (reason) => exits.push(`${id} ${reason}`));
      return spec;
    },
    async [Symbol.asyncDispose]() {
      await body.close();
      await watchdog.close();
      await addresses.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('createMachineRoom() forwards one port of the instance, leads nowhere else, and keeps the console', async () => {
  await using bench = await openBench({ memoryMib: 128 });
  const { address } = bench.boot('a');
  await waitFor('the console', () => bench.body.consoleOf('a').includes('\n'));
  const text = bench.body.consoleOf('a');
  expect(text).toContain(`restrict=on,hostfwd=tcp:${address}:${appPort}-:${appPort} `);
  expect(text).toContain('-machine pc,accel=tcg -m 128 ');
  const seed = join(bench.folder, 'instances', 'a', 'seed.iso');
  expect(await readFile(seed, 'latin1')).toContain('GREETING=hi');
  expect((await stat(seed)).mode & 0o777).toBe(0o600);
});

test('createMachineRoom() stops a machine by its power button, and keeps its disk', async () => {
  await using bench = await openBench();
  bench.boot('a');
  await waitFor('the console', () => bench.body.consoleOf('a').includes('-machine'));
  bench.body.stop('a');
  await waitFor('the exit', () => bench.exits.length === 1);
  expect(bench.exits).toEqual(['a exited with code 0']);
  expect(bench.body.consoleOf('a')).toContain('pressed');
  const disk = join(bench.folder, 'instances', 'a', 'disk.qcow2');
  await writeFile(disk, 'written to');
  bench.boot('a');
  await waitFor('the second boot', () => bench.body.consoleOf('a').split('-machine').length === 3);
  expect(await readFile(disk, 'utf8')).toBe('written to');
});

test('createMachineRoom() refuses more machines than may be on, until one is off', async () => {
  await using bench = await openBench({ most: 1 });
  bench.boot('a');
  await waitFor('the console', () => bench.body.consoleOf('a').includes('-machine'));
  bench.boot('b');
  await waitFor('the refusal', () => bench.exits.length === 1);
  expect(bench.exits[0]).toContain('Cannot boot another machine: 1 are on, the most that may be');
  bench.body.kill('a');
  let refusals = 0;
  await waitFor('a place', () => {
    if (bench.exits.length > refusals) {
      refusals = bench.exits.length;
      bench.boot('b');
    }
    return bench.body.consoleOf('b').includes('-machine');
  });
});

test('createMachineRoom() names the Debian packages when QEMU is missing', async () => {
  const qemu = 'qemu-not-there';
  await using bench = await openBench({ qemu });
  bench.boot('a');
  await waitFor('the refusal', () => bench.exits.length === 1);
  const refusal = `there is no "${qemu}": install the Debian packages qemu-system-x86 and qemu-utils`;
  expect(bench.exits[0]).toContain(refusal);
  expect(bench.body.consoleOf('a')).toContain(refusal);
  expect(bench.problems).toEqual([expect.objectContaining({ code: 'machine-unavailable' })]);
});

test('createMachineRoom() says so when nothing boots with any accelerator', async () => {
  await using bench = await openBench({ works: 'none' });
  bench.boot('a');
  await waitFor('the refusal', () => bench.exits.length === 1);
  expect(bench.exits[0]).toContain('did not even boot one sector');
});

const hasQemu = ['qemu-system-x86_64', 'qemu-img'].every(
  (tool) => spawnSync(tool, ['--version']).error === undefined,
);

/** Says so on the serial line, and then does nothing: it hears no power button. */
const greeting = 'up and running\n';
const program = [
  // mov dx, 0x3f8
  [0xba, 0xf8, 0x03],
  // mov al, LETTER; out dx, al
  ...[...Buffer.from(greeting)].map((letter) => [0xb0, letter, 0xee]),
  // hlt; jmp $-1
  [0xf4, 0xeb, 0xfd],
].flat();

async function realDisk(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-test-'));
  const [raw, qcow2] = [join(folder, 'raw'), join(folder, 'qcow2')];
  // Of a smaller one, the BIOS does not boot.
  const bytes = Buffer.alloc(1024 * 1024);
  bytes.set(program);
  bytes.writeUInt16LE(0xaa55, 510);
  await writeFile(raw, bytes);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
  const disk = await readFile(qcow2);
  await rm(folder, { recursive: true });
  return disk;
}

test.skipIf(!hasQemu)(
  'createMachineRoom() boots a disk with the real QEMU, and cuts its power when it hears no button',
  async () => {
    const real = { qemu: 'qemu-system-x86_64', accelerator: 'tcg', memoryMib: 32 } as const;
    await using bench = await openBench({ ...real, disk: await realDisk() });
    bench.boot('a');
    await waitFor('the console', () => bench.body.consoleOf('a').includes('up and running'));
    expect(bench.problems).toEqual([]);
    bench.body.stop('a');
    await waitFor('the exit', () => bench.exits.length === 1);
    expect(bench.exits).toEqual(['a was ended by SIGKILL']);
  },
);
