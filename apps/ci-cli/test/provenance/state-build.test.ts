import { expect, test } from 'vitest';
import type { BuildPlan } from '../../src/build/plan-build.ts';
import { type BuildRecord, stateBuild } from '../../src/provenance/state-build.ts';

const hash = 'ab'.repeat(32);
const plan = {
  version: 'v1',
  templateName: 'hello-v1',
  inputsHash: hash,
  packerTemplate: '/app/packer/hello.pkr.hcl',
  variables: { base_checksum: `sha256:${hash}`, password: 's3cret' },
  secretVariables: { token: 'env:TOKEN' },
} as unknown as BuildPlan;
const record: BuildRecord = {
  settings: { app: 'hello', environment: 'staging', zone: 'ch-gva-2', folder: '/app' },
  plan,
  env: {
    CI_PROJECT_URL: 'https://gitlab.example/demo/hello',
    CI_PROJECT_PATH: 'demo/hello',
    CI_COMMIT_REF_NAME: 'main',
    CI_COMMIT_SHA: 'c0ffee',
    CI_PIPELINE_ID: '7',
    CI_JOB_ID: '8',
    CI_JOB_URL: 'https://gitlab.example/demo/hello/-/jobs/8',
    CI_RUNNER_ID: '9',
    TOKEN: 'hidden',
  },
  templateId: 't-1',
  image: { sha256: hash, md5: 'cd'.repeat(16) },
  files: [{ name: 'src/main.ts', digest: { sha256: hash } }],
  versions: { packer: '1.6.6', qemu: '7.2.22' },
  startedAt: new Date(0),
  finishedAt: new Date(1_000),
};

test('stateBuild() names the template by id, what went in, with what, and where', () => {
  const { subject, predicate } = stateBuild(record);
  expect(subject).toEqual([{ name: 'exoscale://ch-gva-2/template/t-1', digest: record.image }]);
  expect(predicate.buildDefinition).toMatchObject({
    externalParameters: {
      app: 'hello',
      environment: 'staging',
      version: 'v1',
      packerTemplate: 'packer/hello.pkr.hcl',
    },
    internalParameters: { inputsHash: hash, project: 'demo/hello', pipeline: '7', job: '8' },
    resolvedDependencies: [
      {
        name: 'source',
        uri: 'git+https://gitlab.example/demo/hello@main',
        digest: { gitCommit: 'c0ffee' },
      },
      { name: 'variable base_checksum', digest: { sha256: hash } },
      { name: 'src/main.ts', digest: { sha256: hash } },
    ],
  });
  expect(predicate.runDetails).toMatchObject({
    builder: {
      id: 'https://gitlab.example/demo/hello/-/runners/9',
      version: { packer: '1.6.6', qemu: '7.2.22' },
    },
    metadata: { invocationId: 'https://gitlab.example/demo/hello/-/jobs/8' },
  });
});

test('stateBuild() holds no value of a variable, and nothing else of the environment', () => {
  const text = JSON.stringify(stateBuild(record));
  expect(text).not.toMatch(/s3cret|hidden|TOKEN/);
});

test('stateBuild() does not claim a pipeline where there is none', () => {
  const { predicate } = stateBuild({ ...record, env: {} });
  expect(predicate.runDetails.builder.id).toBe('urn:exoship:local');
  expect(predicate.runDetails.metadata).not.toHaveProperty('invocationId');
  expect(predicate.buildDefinition.internalParameters).toEqual({
    template: 'hello-v1',
    inputsHash: hash,
  });
});
