import { expect, test } from 'vitest';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import { type SettingName, settingsTable } from '../../src/config/settings-table.ts';
import { errorOf, MINIMAL, parse } from './support/problems.ts';

const config = parse(MINIMAL);
const two = parse(
  `${MINIMAL}  production:
    zone: de-muc-1
    pool: \${app}-app-\${environment}
    vault:
      address: https://vault.example.com
      appRole: ci
      roles: { build: b, test: t, deploy: d }
    deploy:
      strategy: { kind: canary, bakeTime: 1m }
      gate: { successes: 5 }
`,
);

const nothing = { flags: {}, env: {} };

test('resolveSettings() takes the only app and the only environment', () => {
  const settings = resolveSettings({ config, ...nothing });
  expect(settings).toMatchObject({
    folder: '/repo',
    app: 'hello',
    environment: 'staging',
    zone: 'ch-gva-2',
    pool: 'hello-app',
  });
  expect(settings.sources).toEqual({
    app: { kind: 'file', name: 'apps.hello' },
    environment: { kind: 'file', name: 'environments.staging' },
    zone: { kind: 'file', name: 'environments.staging.zone' },
    pool: { kind: 'file', name: 'environments.staging.pool' },
    port: { kind: 'file', name: 'apps.hello.test.port' },
    strategy: { kind: 'file', name: 'apps.hello.deploy.strategy' },
  });
});

test('resolveSettings() lays the environment over the app', () => {
  const settings = resolveSettings({ config: two, ...nothing, environment: 'production' });
  expect(settings).toMatchObject({
    zone: 'de-muc-1',
    pool: 'hello-app-production',
    vault: { address: 'https://vault.example.com' },
    deploy: {
      strategy: { kind: 'canary', count: 1, bakeTimeMs: 60_000 },
      gate: { successes: 5, intervalMs: 5_000 },
      deadlines: { healthyMs: 300_000 },
    },
  });
  expect(settings.sources.strategy?.name).toBe('environments.production.deploy.strategy');
});

test.each([
  [{}, {}, 'ch-gva-2', 'environments.staging.zone'],
  [{}, { EXOSCALE_ZONE: 'de-fra-1' }, 'de-fra-1', 'EXOSCALE_ZONE'],
  [{}, { EXOSCALE_ZONE: 'de-fra-1', EXOSHIP_ZONE: 'de-muc-1' }, 'de-muc-1', 'EXOSHIP_ZONE'],
  [{}, { EXOSCALE_ZONE: 'de-fra-1', EXOSHIP_ZONE: '' }, 'de-fra-1', 'EXOSCALE_ZONE'],
  [{ zone: 'at-vie-1' }, { EXOSHIP_ZONE: 'de-muc-1' }, 'at-vie-1', '--zone'],
  [{ zone: undefined }, {}, 'ch-gva-2', 'environments.staging.zone'],
])(
  'resolveSettings() of flags %j and environment %j takes zone %s from %s',
  (flags, env, zone, source) => {
    const settings = resolveSettings({ config, flags, env });
    expect(settings.zone).toBe(zone);
    expect(settings.sources.zone?.name).toBe(source);
  },
);

test('resolveSettings() reads every variable it names', () => {
  const env = {
    EXOSHIP_APP: 'hello',
    EXOSHIP_ENVIRONMENT: 'staging',
    EXOSHIP_ZONE: 'de-muc-1',
    EXOSHIP_POOL: 'other',
    EXOSHIP_PORT: '9090',
    EXOSHIP_STRATEGY: 'batch',
    VAULT_ADDR: 'http://127.0.0.1:8200',
    VAULT_NAMESPACE: 'team',
    VAULT_CACERT: '/etc/ca.pem',
    VAULT_ROLE_ID: 'role-1',
    EXOSCALE_API_ENDPOINT: 'http://127.0.0.1:9000/v2',
  };
  const { sources, ...settings } = resolveSettings({ config, flags: {}, env });
  expect(settings).toMatchObject({
    zone: 'de-muc-1',
    pool: 'other',
    apiEndpoint: 'http://127.0.0.1:9000/v2',
    vault: {
      address: 'http://127.0.0.1:8200',
      namespace: 'team',
      caFile: '/etc/ca.pem',
      roleId: 'role-1',
    },
    test: { port: 9090 },
    deploy: { strategy: { kind: 'batch', size: '25%', proveFirst: true } },
  });
  expect(
    Object.values(sources)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(Object.keys(env).toSorted());
});

test('resolveSettings() takes a flag for each setting that has one, before its variables', () => {
  const values: Partial<Record<SettingName, string>> = {
    app: 'hello',
    environment: 'production',
    zone: 'at-vie-2',
    pool: 'flagged',
    strategy: 'one-by-one',
  };
  const withFlag = Object.entries(settingsTable).filter(
    ([name, { flag }]) => flag && name !== 'config',
  );
  expect(withFlag.map(([name]) => name)).toEqual(Object.keys(values));
  const env = Object.fromEntries(
    withFlag.flatMap(([, { variables }]) => variables.map((name) => [name, 'wrong'])),
  );
  const { sources } = resolveSettings({ config: two, flags: values, env });
  for (const [name, { flag }] of withFlag) {
    expect(sources[name as SettingName]).toEqual({ kind: 'flag', name: flag });
  }
});

test('resolveSettings() keeps the keys of a strategy that is named again', () => {
  const settings = resolveSettings({
    config: two,
    flags: { environment: 'production', strategy: 'canary' },
    env: {},
  });
  expect(settings.deploy.strategy).toMatchObject({ kind: 'canary', bakeTimeMs: 60_000 });
});

test('resolveSettings() puts what the command names before every flag', () => {
  const flags = { environment: 'staging' };
  expect(resolveSettings({ config: two, flags, env: {}, environment: 'production' }).zone).toBe(
    'de-muc-1',
  );
});

test('resolveSettings() tells everything that is wrong at once', () => {
  const error = errorOf(() =>
    resolveSettings({
      config,
      flags: { strategy: 'cannary' },
      env: {
        EXOSCALE_ZONE: 'muc',
        EXOSHIP_PORT: '80x',
        VAULT_ADDR: 'https://me:hunter2@vault.example.com',
      },
    }),
  );
  expect(error.code).toBe('setting-invalid');
  expect(error.message).toBe(`Cannot use these settings: 4 problems
  EXOSCALE_ZONE: Expected a zone such as "ch-gva-2": got "muc"
  VAULT_ADDR: Expected an https URL without credentials (http for loopback only): got [redacted]
  --strategy: Expected one of auto, double, exponential, batch, one-by-one, canary: got "cannary": did you mean "canary"
  EXOSHIP_PORT: Expected a whole number from 1 to 65535: got "80x"`);
});

test('resolveSettings() asks which environment when there are several', () => {
  const error = errorOf(() => resolveSettings({ config: two, ...nothing }));
  expect(error.code).toBe('setting-missing');
  expect(error.problems).toEqual([
    {
      path: '',
      message:
        'Missing setting "environment": there are staging, production; choose with --environment or EXOSHIP_ENVIRONMENT',
    },
  ]);
});

test.each([
  ['prodution', 'Unknown environment "prodution": did you mean "production"'],
  ['constructor', 'Unknown environment "constructor": there are staging, production'],
  ['', 'Unknown environment nothing: there are staging, production'],
])('resolveSettings() knows no environment "%s"', (environment, message) => {
  const error = errorOf(() => resolveSettings({ config: two, flags: { environment }, env: {} }));
  expect(error.problems).toEqual([{ path: '--environment', message }]);
});

test('resolveSettings() holds no secret', () => {
  const env = {
    VAULT_TOKEN: 'hvs.hunter2',
    VAULT_SECRET_ID: 'hunter2',
    EXOSCALE_API_SECRET: 'hunter2',
  };
  const settings = resolveSettings({ config, flags: { vaultToken: 'hvs.hunter2' }, env });
  expect(JSON.stringify(settings)).not.toContain('hunter2');
});
