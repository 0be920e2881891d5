import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { gitlabCiSchema } from '../../../tools/gitlab-ci-schema.ts';

interface Pipeline {
  readonly [job: string]: {
    readonly script?: readonly string[];
    readonly extends?: string;
    readonly rules?: readonly { readonly if: string; readonly when?: string }[];
    readonly resource_group?: string;
    readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
    readonly variables?: Readonly<Record<string, string>>;
  };
}

const source = readFileSync(new URL('../../../.gitlab-ci.yml', import.meta.url), 'utf8');
const pipeline = parse(source, { merge: true }) as Pipeline;

function problems(yaml: string): string[] {
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    allowUnionTypes: true,
    validateFormats: false,
    keywords: ['markdownDescription'],
  });
  const validate = ajv.compile(gitlabCiSchema(import.meta.url));
  validate(parse(yaml, { merge: true }));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

test(".gitlab-ci.yml meets GitLab's schema", () => {
  expect(problems(source)).toEqual([]);
});

test('the schema refuses an unknown keyword', () => {
  expect(problems('job: { script: [x], whenn: manual }')).toContain(
    '/job must NOT have additional properties',
  );
});

test('every line that ships calls node directly, so that SIGTERM arrives', () => {
  const lines = ['build', 'test', '.deploy'].flatMap((job) => pipeline[job]?.script ?? []);
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(line).toMatch(/^\$CI_CLI /);
  expect(source).toContain('CI_CLI: node apps/ci-cli/src/main.ts');
});

test('the jobs that need a key say who they are, and nothing is stored', () => {
  const withToken = Object.keys(pipeline).filter((job) => pipeline[job]?.id_tokens !== undefined);
  expect(withToken).toEqual(['.ship']);
  expect(pipeline['.ship']?.id_tokens).toEqual({ VAULT_ID_TOKEN: { aud: '$VAULT_ADDR' } });
  for (const job of ['build', 'test', '.deploy']) expect(pipeline[job]?.extends).toBe('.ship');
  for (const { variables = {} } of Object.values(pipeline)) {
    expect(Object.keys(variables).filter((name) => name.startsWith('VAULT_'))).toEqual([]);
  }
  expect(readFileSync(new URL('../../hello/exoship.yaml', import.meta.url), 'utf8')).not.toMatch(
    /\blogin:/,
  );
});

test('production is deployed by hand, from the default branch, one at a time', () => {
  expect(pipeline['deploy production']?.rules).toEqual([
    { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', when: 'manual', allow_failure: true },
  ]);
  expect(pipeline['.deploy']?.resource_group).toContain('$CI_ENVIRONMENT_SLUG');
});
