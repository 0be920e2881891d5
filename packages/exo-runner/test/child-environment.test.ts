import { describe, expect, test } from 'vitest';
import {
  buildChildEnvironment,
  checkEnvironmentNames,
  defaultInherit,
} from '../src/child-environment.ts';
import { createSecret } from '../src/index.ts';

const credentials = { key: 'EXO123', secret: createSecret('CANARY-api-secret-5555') };
const pair = { EXOSCALE_API_KEY: 'EXO123', EXOSCALE_API_SECRET: 'CANARY-api-secret-5555' };

function build(env: Record<string, string>, inherit = defaultInherit, extraEnv = {}) {
  return buildChildEnvironment({ credentials, env, inherit, extraEnv });
}

describe('buildChildEnvironment()', () => {
  test('lets through what a tool needs, and the credentials', () => {
    const env = { PATH: '/bin', HOME: '/root', LC_ALL: 'C', HTTPS_PROXY: 'http://proxy:1' };
    expect(build({ ...env, SOMETHING: 'else' })).toEqual({ ...env, ...pair });
  });

  test('lets nothing through that is not set', () => {
    expect(
      buildChildEnvironment({
        credentials,
        env: { PATH: undefined },
        inherit: ['PATH'],
        extraEnv: {},
      }),
    ).toEqual(pair);
  });

  test.each([
    'EXOSCALE_KEY',
    'EXOSCALE_SECRET',
    'EXOSCALE_SECRET_KEY',
    'CLOUDSTACK_KEY',
    'CLOUDSTACK_API_KEY',
    'CLOUDSTACK_SECRET',
    'CLOUDSTACK_SECRET_KEY',
    'EXOSCALE_TRACE',
    'EXOSCALE_CONFIG',
    'VAULT_TOKEN',
    'VAULT_ADDR',
    'BAO_TOKEN',
    'ID_TOKEN',
    'VAULT_ID_TOKEN',
    'GITLAB_ID_TOKEN',
    'CI_JOB_TOKEN',
    'CI_JOB_JWT_V2',
    'NODE_OPTIONS',
    'NODE_DEBUG',
    'DEBUG',
    'LD_PRELOAD',
    'DYLD_INSERT_LIBRARIES',
    'BASH_ENV',
  ])('never lets %s through, by name or by pattern', (name) => {
    const inherit = [
      'EXOSCALE_*',
      'CLOUDSTACK_*',
      'VAULT_*',
      'CI_*',
      'NODE_*',
      'L*',
      'B*',
      'D*',
      'G*',
      'I*',
    ];
    expect(build({ [name]: 'x' }, inherit)).toEqual(pair);
    expect(build({ [name]: 'x' }, [name])).toEqual(pair);
    expect(() => checkEnvironmentNames([name], {})).toThrow(TypeError);
  });

  test('lets what looks like a secret through by name only', () => {
    const env = { CI_COMMIT_SHA: 'abc', CI_REGISTRY_PASSWORD: 'x', CI_DEPLOY_TOKEN: 'y' };
    expect(build(env, ['CI_*'])).toEqual({ CI_COMMIT_SHA: 'abc', ...pair });
    expect(build(env, ['CI_DEPLOY_TOKEN'])).toEqual({ CI_DEPLOY_TOKEN: 'y', ...pair });
  });

  test('sets what is asked for, over what is inherited', () => {
    const extraEnv = { EXOSCALE_ZONE: 'ch-gva-2', EXOSCALE_TRACE: '1', LANG: 'C' };
    expect(build({ LANG: 'de' }, defaultInherit, extraEnv)).toEqual({ ...extraEnv, ...pair });
  });

  test('replaces the credentials of the environment', () => {
    expect(build({ EXOSCALE_API_KEY: 'EXOold', EXOSCALE_API_SECRET: 'old' })).toEqual(pair);
  });
});

describe('checkEnvironmentNames()', () => {
  test('refuses credentials in extraEnv and patterns that it does not know', () => {
    expect(() => checkEnvironmentNames([], { CLOUDSTACK_SECRET: 'x' })).toThrow(
      'CLOUDSTACK_SECRET',
    );
    for (const name of ['', '*', 'A*B', 'A B', '1A']) {
      expect(() => checkEnvironmentNames([name], {})).toThrow(TypeError);
    }
    expect(() => checkEnvironmentNames(['PATH', 'LC_*'], { EXOSCALE_ZONE: 'x' })).not.toThrow();
  });
});
