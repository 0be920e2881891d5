import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import { type ApiExchange, type Sandbox, startSandbox } from '@exoship/sandbox';
import { chooseAppPort } from '../../demo/app-port.ts';
import { demoLatencies } from '../../demo/latencies.ts';
import { makeImageFile } from '../../prove/exoscale/image-file.ts';
import { registerBundle } from '../../prove/exoscale/register-bundle.ts';
import { listObjects } from '../../prove/signals/list-objects.ts';
import type { RealCheck } from '../real-check.ts';
import { openPackerWorld, type PackerEnd, type PackerWorld } from './run-packer.ts';

export interface PackerTrialOptions {
  readonly packer: string;
  readonly plugin: string;
  readonly seed: number;
  readonly onApiCall: (exchange: ApiExchange) => void;
  readonly signal: AbortSignal;
}

interface Trial {
  readonly sandbox: Sandbox;
  readonly exoscale: Exoscale;
  readonly world: PackerWorld;
  /** Of the API, since the last time. */
  callsSince(): readonly string[];
}

const bucket = 'packer';
const copyZone = 'de-fra-1';
/** The plugin's uploads go in parts from 5 MiB on. */
const imageBytes = 12 * 2 ** 20;

/** Packer's plugin, both halves: `exoscale-import` and the builder. It knows the cloud by its real names alone. */
export async function tryPacker(options: PackerTrialOptions): Promise<readonly RealCheck[]> {
  const calls: string[] = [];
  const appPort = await chooseAppPort(8080);
  await using sandbox = await startSandbox({
    seed: options.seed,
    appPort,
    tls: true,
    latencies: demoLatencies,
    onApiCall: (exchange) => {
      calls.push(`${exchange.request.method} ${exchange.request.path}`);
      options.onApiCall(exchange);
    },
  });
  await using world = await openPackerWorld({ ...options, sandbox });
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  await exoscale.storage.ensureBucket(bucket);
  const file = join(world.folder, 'image.qcow2');
  await makeImageFile(file, imageBytes, 'packer');
  const trial: Trial = { sandbox, exoscale, world, callsSince: () => calls.splice(0) };
  return [
    ...(await importImage(trial, file)),
    ...(await failToImport(trial, file)),
    ...(await buildFromInstance(trial, appPort, options.signal)),
  ];
}

async function importImage(trial: Trial, file: string): Promise<readonly RealCheck[]> {
  const { exoscale, world, sandbox, callsSince } = trial;
  callsSince();
  const end = await world.build(importOf(file, 'imported', [sandbox.zone, copyZone]));
  const asked = callsSince().filter((call) => call.startsWith('POST'));
  const made = await exoscale.templates.newestByName('imported');
  const copied = sandbox.cloud.templates.list(copyZone).some(({ id }) => id === made?.id);
  const checksum = await md5Of(file);
  const objects = await listObjects(sandbox);
  return [
    check('exoscale-import ends well', end.exitCode === 0, lastWords(end)),
    check(
      'its template has the name and the checksum of the image, and exists once',
      made?.checksum === checksum && sandbox.cloud.snapshot().templates.now === 1,
      `${asked.length} POSTs`,
    ),
    check('it is copied to the second zone', copied, copyZone),
    check(
      'the artifact that Packer names is the template’s id',
      made !== undefined && end.said.includes(`,artifact,0,id,${made.id}`),
    ),
    check(
      'no object and no open upload is left of 12 MiB in parts',
      objects.length === 0,
      objects.join(', '),
    ),
  ];
}

async function failToImport(
  { sandbox, world }: Trial,
  file: string,
): Promise<readonly RealCheck[]> {
  const reason = 'incorrect';
  sandbox.cloud.faults.add({
    kind: 'operation-failure',
    reason,
    match: { operation: 'register-template' },
  });
  const end = await world.build(importOf(file, 'refused', [sandbox.zone]));
  const objects = await listObjects(sandbox);
  return [
    check(
      'a registration that fails ends it with 1, and the object is taken away',
      end.exitCode === 1 && objects.length === 0,
      objects.join(', '),
    ),
    check(
      'known fault: why the registration failed is not told',
      end.said.includes('job failed') && !end.said.includes(reason),
      'job failed',
    ),
  ];
}

/** The builder boots an instance, stops it, exports a snapshot of it and registers that. */
async function buildFromInstance(
  { sandbox, exoscale, world, callsSince }: Trial,
  port: number,
  signal: AbortSignal,
): Promise<readonly RealCheck[]> {
  const parent = await registerBundle(exoscale, { name: 'parent', port, signal });
  callsSince();
  const builder = {
    ...access,
    communicator: 'none',
    instance_template: parent,
    instance_template_visibility: 'private',
    instance_type: 'tiny',
    template_name: 'built',
    template_zones: [sandbox.zone],
  };
  const end = await world.build({
    ...variables,
    source: { exoscale: { machine: builder } },
    build: [{ sources: ['source.exoscale.machine'] }],
  });
  const calls = callsSince();
  const made = await exoscale.templates.newestByName('built');
  const { instances } = sandbox.cloud.snapshot();
  const keys = sandbox.cloud.sshKeys.list();
  return [
    check('the builder “exoscale” ends well', end.exitCode === 0, lastWords(end)),
    check(
      'it registers the disk of its instance, exported by a snapshot',
      made?.checksum === (await exoscale.templates.get(parent)).checksum &&
        calls.some((call) => call.endsWith(':export')),
      `${calls.length} calls`,
    ),
    check(
      'its instance and its SSH key are gone',
      instances.now === 0 && keys.length === 0,
      `${instances.now} instances, ${keys.length} keys`,
    ),
    check(
      'known fault: it leaves its snapshot behind',
      sandbox.cloud.snapshots.list(sandbox.zone).length === 1,
      `${sandbox.cloud.snapshots.list(sandbox.zone).length} snapshot`,
    ),
  ];
}

const access = { api_key: `\${var.api_key}`, api_secret: `\${var.api_secret}` };
const variables = { variable: { api_key: {}, api_secret: { sensitive: true } } };

function importOf(source: string, name: string, zones: readonly string[]): object {
  const importer = {
    ...access,
    image_bucket: bucket,
    template_name: name,
    template_zones: zones,
  };
  return {
    ...variables,
    source: { file: { image: { source, target: `${source}.${name}` } } },
    build: [{ sources: ['source.file.image'], 'post-processor': { 'exoscale-import': importer } }],
  };
}

async function md5Of(file: string): Promise<string> {
  const md5 = createHash('md5');
  await pipeline(createReadStream(file), md5);
  return md5.digest('hex');
}

function lastWords({ said }: PackerEnd): string {
  const lines = said.split('\n').filter((line) => line.includes(',ui,'));
  const words = lines.at(-1)?.split(',').slice(4).join(',') ?? '';
  return words.replaceAll('%!(PACKER_COMMA)', ',').slice(0, 120);
}

function check(what: string, holds: boolean, seen = ''): RealCheck {
  return { what, holds, seen };
}
