import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createExoscale } from '@exoship/exoscale-api';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { type KeyFiles, writeKeys } from '../../packages/provenance/test/support/keys.ts';
import {
  type Sigstore,
  startSigstore,
  tokenFor,
} from '../../packages/provenance/test/support/sigstore.ts';
import { createBalancedPool } from '../src/harness/create-balanced-pool.ts';
import { type Ci, demoConfig, openCi } from '../src/harness/open-ci.ts';

// Each row is two or three whole jobs.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const issuer = 'https://gitlab.com';
const identity = 'https://gitlab.com/demo/hello//.gitlab-ci.yml@refs/heads/main';
const signedFile = 'exoship-artifact.provenance.json';
const manifestFile = 'exoship-artifact.manifest.json';

let ci: Ci;
let keys: KeyFiles;
let other: KeyFiles;
let sigstore: Sigstore;
/** Of the first build, whose provenance is kept apart from that of later ones. */
let signed: Awaited<ReturnType<typeof build>>;
const CI_COMMIT_SHA = commitOf(1);

beforeAll(async () => {
  ci = await openCi();
  keys = await writeKeys(ci.folder, 'ours');
  other = await writeKeys(ci.folder, 'theirs');
  sigstore = await startSigstore(ci.folder);
  signed = await build({ CI_COMMIT_SHA, CI_PIPELINE_ID: '815' }, byKey());
  await rename(join(ci.folder, signedFile), join(ci.folder, 'signed.json'));
  const { sandbox, appPort: port } = ci;
  const credentials = () => sandbox.adminCredentials;
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials,
  });
  await createBalancedPool(exoscale, { name: 'hello-app', size: 1, templateId: signed.id, port });
});
afterAll(async () => {
  await sigstore[Symbol.asyncDispose]();
  await ci[Symbol.asyncDispose]();
});
let poolBefore: unknown;
beforeEach(() => {
  poolBefore = poolNow();
});

function poolNow(): unknown {
  return ci.sandbox.cloud.snapshot().pools.map(({ size, templateId, members }) => ({
    size,
    templateId,
    members: members.map(({ id }) => id),
  }));
}

function commitOf(build: number): string {
  return String(build).padEnd(40, 'c');
}

const byKey = () => ({ kind: 'key', keyFile: keys.keyFile });
const trustKey = () => ({ kind: 'key', publicKeyFile: keys.publicKeyFile });
const keyless = () => ({ kind: 'keyless', fulcio: sigstore.url, rekor: sigstore.url });
const trustJob = () => ({
  kind: 'keyless',
  issuer,
  identity,
  trustedRootFile: sigstore.trustedRootFile,
});

/** A pipeline's configuration, beside nothing: its paths are absolute. */
async function config(change: { build?: object; deploy?: object }): Promise<string> {
  const hello = dirname(demoConfig);
  const text = await readFile(demoConfig, 'utf8');
  const yaml = parse(text.replaceAll('- bundle.ts', `- ${hello}/bundle.ts`));
  const { build: job, deploy } = yaml.apps.hello;
  delete job.packerTemplate;
  job.inputs = ['*.inputs'];
  if (change.build) job.provenance = change.build;
  if (change.deploy) deploy.provenance = change.deploy;
  const file = join(ci.folder, 'pipeline.yaml');
  await writeFile(file, stringify(yaml));
  return file;
}

async function build(env: Record<string, string>, signing?: object) {
  const EXOSHIP_CONFIG = await config(signing ? { build: signing } : {});
  const end = await ci.run(['build', '--output', 'json'], { EXOSHIP_CONFIG, ...env });
  const template = end.result.template as { templateId: string } | undefined;
  return { ...end, id: template?.templateId ?? '' };
}

async function deploy(trust: object, flags: readonly string[] = []) {
  const provenance = 'require' in trust ? trust : { require: trust };
  const EXOSHIP_CONFIG = await config({ deploy: provenance });
  return await ci.run(['deploy', '--plan', '--untested', ...flags], { EXOSHIP_CONFIG });
}

/** One line and exit code 3, nothing changed, nothing left. */
async function expectRefusal(end: { exitCode: number; stderr: string }, says: string | RegExp) {
  const line = end.stderr.split('\n').find((text) => text.includes('error:'));
  expect(line).toMatch(says);
  expect(end.exitCode).toBe(3);
  expect(poolNow()).toEqual(poolBefore);
  expect(ci.sandbox.cloud.snapshot().keys.live).toBe(0);
  expect(await ci.leftFiles()).toEqual([]);
}

async function rewrite(
  name: string,
  change: (statement: Record<string, unknown>) => object,
): Promise<void> {
  const envelope = JSON.parse(await readFile(join(ci.folder, 'signed.json'), 'utf8'));
  const statement = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
  const payload = Buffer.from(JSON.stringify(change(statement))).toString('base64');
  await writeFile(join(ci.folder, name), JSON.stringify({ ...envelope, payload }));
}

const ofSigned = (file = 'signed.json') => ['--template', signed.id, '--provenance', file];

test('what build has signed with a key, deploy believes', async () => {
  expect(signed.exitCode, signed.stderr).toBe(0);
  const { payload } = JSON.parse(await readFile(join(ci.folder, 'signed.json'), 'utf8'));
  const statement = JSON.parse(Buffer.from(payload, 'base64').toString());
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: `exoscale://${ci.sandbox.zone}/template/${signed.id}` }],
    predicate: {
      buildDefinition: {
        internalParameters: { pipeline: '815', job: '4711' },
        resolvedDependencies: [{ name: 'source', digest: { gitCommit: CI_COMMIT_SHA } }],
      },
    },
  });
  const end = await deploy(trustKey(), ofSigned());
  expect(end.stderr).toMatch(/provenance holds: built \S+, signed by key [0-9a-f]{16}/);
  expect(end.exitCode).toBe(0);
});

test('what nobody has signed is a build manifest, and deploy does not take it', async () => {
  const { stderr } = await build({ CI_COMMIT_SHA: commitOf(2) });
  expect(stderr).toContain(`build manifest (unsigned): ${join(ci.folder, manifestFile)}`);
  await expectRefusal(
    await deploy(trustKey()),
    /Will not deploy without provenance: ".*provenance\.json": there is no such file/,
  );
  await expectRefusal(
    await deploy(trustKey(), ['--provenance', manifestFile]),
    /does not hold: It is a build manifest, not signed provenance/,
  );
});

test('deploy refuses a statement that was changed', async () => {
  await rewrite('changed.json', (statement) => ({ ...statement, predicate: { by: 'somebody' } }));
  const end = await deploy(trustKey(), ofSigned('changed.json'));
  await expectRefusal(end, /The signature is not of this statement/);
});

test('deploy refuses what another key has signed, and what was signed for another template', async () => {
  const theirs = await build(
    { CI_COMMIT_SHA: commitOf(3) },
    { kind: 'key', keyFile: other.keyFile },
  );
  await expectRefusal(await deploy(trustKey()), /It is signed by the key "[0-9a-f]+", not by/);
  await expectRefusal(
    await deploy(trustKey(), ['--provenance', 'signed.json']),
    new RegExp(`It is about ".*${signed.id}", not about ".*${theirs.id}"`),
  );
});

test('deploy refuses provenance that is too old', async () => {
  const end = await deploy({ require: trustKey(), maxAge: '1ms' }, ofSigned());
  await expectRefusal(end, /It is of \S+: \S+ h old, and may be 0\.0 h at most/);
});

test('deploy says when the public key is not there, and takes no private one', async () => {
  const missing = await deploy({ kind: 'key', publicKeyFile: '/no/key' }, ofSigned());
  expect(missing.stderr).toContain('Cannot use the key file "/no/key": there is no such file');
  const wrong = await deploy({ kind: 'key', publicKeyFile: keys.keyFile }, ofSigned());
  expect(wrong.stderr).toContain('it holds a private key; only the public one belongs here');
  expect([missing.exitCode, wrong.exitCode]).toEqual([2, 2]);
});

test('what a job has signed as itself, deploy believes, and no other job or issuer', async () => {
  const SIGSTORE_ID_TOKEN = tokenFor(identity).reveal();
  const { exitCode, stderr } = await build(
    { CI_COMMIT_SHA: commitOf(4), SIGSTORE_ID_TOKEN },
    keyless(),
  );
  expect(exitCode, stderr).toBe(0);
  const end = await deploy(trustJob());
  expect(end.stderr).toContain(`signed by ${identity} (${issuer})`);
  expect(end.exitCode).toBe(0);
  await expectRefusal(
    await deploy({ ...trustJob(), issuer: 'https://gitlab.example' }),
    /"https:\/\/gitlab\.com" vouched for the signer, not "https:\/\/gitlab\.example"/,
  );
  const main = { ...trustJob(), identity: identity.replace('main', 'next') };
  await expectRefusal(await deploy(main), /It is signed by ".*main", not by ".*next"/);
  await expectRefusal(await deploy(trustKey()), /It is signed under a certificate/);
  for (const name of await readdir(ci.folder)) {
    const text = await readFile(join(ci.folder, name), 'latin1').catch(() => '');
    expect(text, name).not.toContain(SIGSTORE_ID_TOKEN);
  }
  expect(stderr).not.toContain(SIGSTORE_ID_TOKEN);
});

test('build says before it begins when there is nothing to sign with', async () => {
  const without = await build({ CI_COMMIT_SHA }, { kind: 'key' });
  expect(without.stderr).toContain('error: EXOSHIP_PROVENANCE_KEY is not set');
  const missing = await build(
    { CI_COMMIT_SHA, EXOSHIP_PROVENANCE_KEY: '/no/key' },
    { kind: 'key' },
  );
  expect(missing.stderr).toContain('Cannot use the key file "/no/key": there is no such file');
  const token = await build({ CI_COMMIT_SHA }, keyless());
  expect(token.stderr).toContain('error: SIGSTORE_ID_TOKEN is not set');
  expect([without, missing, token].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
  expect(without.stderr).not.toContain('import hello');
});

test('build fails when Sigstore does not answer, and builds anew until somebody vouches for it', async () => {
  const env = { CI_COMMIT_SHA: commitOf(5), SIGSTORE_ID_TOKEN: tokenFor(identity).reveal() };
  const dead = { kind: 'keyless', fulcio: 'http://127.0.0.1:1', rekor: 'http://127.0.0.1:1' };
  const failed = await build(env, dead);
  expect(failed.stderr).toContain('Fulcio at http://127.0.0.1:1: it could not be reached');
  expect(failed).toMatchObject({ exitCode: 12, result: { error: { retryable: true } } });
  const again = await build(env, keyless());
  expect(again.stderr).toContain('its provenance is not at hand: building again');
  const reused = await build(env, keyless());
  expect(reused.stderr).not.toContain('import hello');
  expect(reused.id).toBe(again.id);
});
