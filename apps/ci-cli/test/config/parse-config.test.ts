import { expect, test } from 'vitest';
import { errorOf, MINIMAL, parse, problemsOf, withLine } from './support/problems.ts';

test('parseConfig() fills in every default', () => {
  expect(parse(MINIMAL)).toMatchInlineSnapshot(`
    {
      "apps": {
        "hello": {
          "build": {
            "artifact": "hello.tar.gz",
            "bucket": "templates",
            "importTimeoutMs": 1800000,
            "inputs": [
              "src/**",
            ],
            "packerTemplate": "hello.pkr.hcl",
            "secretVariables": {},
            "templateName": "\${app}-\${version}",
            "timeoutMs": 1800000,
            "variables": {},
          },
          "deploy": {
            "autoRollback": true,
            "bakeTimeMs": 0,
            "deadlines": {
              "healthyMs": 300000,
              "progressMs": 600000,
            },
            "drain": {
              "inFlightGraceMs": 5000,
              "kind": "stop",
              "lameDuckMs": 15000,
              "maxWindowMs": 120000,
              "onFailure": "stop",
              "timeoutMs": 30000,
            },
            "gate": {
              "intervalMs": 5000,
              "maxFailures": 5,
              "maxFlaps": 3,
              "minHealthyTimeMs": 10000,
              "successes": 3,
            },
            "leaseMs": 300000,
            "maxUnavailable": 0,
            "onExternalResize": "adopt",
            "strategy": {
              "kind": "auto",
            },
          },
          "test": {
            "bootTimeoutMs": 300000,
            "checks": [
              {
                "kind": "http",
                "method": "GET",
                "path": "/healthz",
              },
            ],
            "diskSizeGib": 10,
            "instanceType": "standard.tiny",
            "intervalMs": 2000,
            "port": 8080,
            "readinessTimeoutMs": 300000,
            "requestTimeoutMs": 5000,
            "securityGroups": [],
            "stability": {
              "rounds": 3,
              "windowMs": 10000,
            },
          },
        },
      },
      "environments": {
        "staging": {
          "deploy": {},
          "pool": "hello-app",
          "vault": {
            "appRole": "ci",
            "login": {
              "kind": "auto",
            },
            "mounts": {
              "approle": "approle",
              "exoscale": "exoscale",
            },
            "roles": {
              "build": "b",
              "deploy": "d",
              "test": "t",
            },
            "tls": {},
          },
          "zone": "ch-gva-2",
        },
      },
      "file": "exoship.yaml",
      "folder": "/repo",
    }
  `);
});

test('parseConfig() tells everything that is wrong at once, in the order of the file', () => {
  const text = MINIMAL.replace('packerTemplate', 'packertemplate')
    .replace('port: 8080', 'port: 80800')
    .replace('/healthz', 'healthz')
    .replace('ch-gva-2', 'geneva')
    .replace('        deploy: d\n', '');
  expect(errorOf(() => parse(text)).message).toMatchInlineSnapshot(`
    "Cannot use exoship.yaml: 6 problems
      exoship.yaml:5:7: apps.hello.build.packertemplate: Unknown key "packertemplate": did you mean "packerTemplate"
      exoship.yaml:5:7: apps.hello.build: Missing key "packerTemplate" or "withoutPacker": one of them makes the image
      exoship.yaml:10:13: apps.hello.test.port: Expected a whole number from 1 to 65535: got 80800
      exoship.yaml:12:17: apps.hello.test.checks.0.path: Expected a percent-encoded path that starts with "/": got "healthz"
      exoship.yaml:15:11: environments.staging.zone: Expected a zone such as "ch-gva-2": got "geneva"
      exoship.yaml:19:7: environments.staging.vault.roles: Missing key "deploy""
  `);
});

test.each([
  [
    'unknown key',
    'pool: hello-app',
    '    pool: hello-app\n    vualt: x',
    '17:5 environments.staging.vualt: Unknown key "vualt": did you mean "vault"',
  ],
  [
    'unknown key without a likely one',
    'pool: hello-app',
    '    pool: hello-app\n    colour: red',
    '17:5 environments.staging.colour: Unknown key "colour": there are zone, pool, vault, deploy',
  ],
  [
    'secret',
    'appRole: ci',
    '      appRole: ci\n      token: hvs.CAESIJ',
    '19:7 environments.staging.vault.token: Unknown key "token": secrets come from the environment, never from this file',
  ],
  [
    'role id',
    'appRole: ci',
    '      appRole: ci\n      roleId: 1234',
    '19:7 environments.staging.vault.roleId: Unknown key "roleId": it belongs on the runner, as VAULT_ROLE_ID',
  ],
  [
    'merge key',
    'zone: ch-gva-2',
    '    <<: {zone: ch-gva-2}',
    [
      '14:3 environments.staging: Missing key "zone"',
      '15:5 environments.staging.<<: Unknown key "<<": there are no merge keys; an alias can stand for a whole value',
    ],
  ],
  ['missing key', 'zone: ch-gva-2', '', '14:3 environments.staging: Missing key "zone"'],
  [
    'key without value',
    'zone: ch-gva-2',
    '    zone:',
    '15:5 environments.staging.zone: Expected a zone such as "ch-gva-2": got nothing',
  ],
  [
    'text for a number',
    'port: 8080',
    '      port: "8080"',
    '10:13 apps.hello.test.port: Expected a whole number from 1 to 65535: got "8080"',
  ],
  [
    'number for a text',
    'pool: hello-app',
    '    pool: 17',
    '16:11 environments.staging.pool: Expected a text: got 17',
  ],
  [
    'text for a list',
    'inputs: ["src/**"]',
    '      inputs: src/**',
    '7:15 apps.hello.build.inputs: Expected a list: got "src/**"',
  ],
  [
    'empty list',
    'inputs: ["src/**"]',
    '      inputs: []',
    '7:15 apps.hello.build.inputs: Expected at least one entry: got an empty list',
  ],
  [
    'number for a duration',
    'port: 8080',
    '      port: 8080\n      readinessTimeout: 90',
    '11:25 apps.hello.test.readinessTimeout: Expected a duration such as "90s", "5m" or "1500ms": got 90',
  ],
  [
    'odd duration',
    'port: 8080',
    '      port: 8080\n      readinessTimeout: 5 minutes',
    '11:25 apps.hello.test.readinessTimeout: Expected a duration such as "90s", "5m" or "1500ms": got "5 minutes"',
  ],
  [
    'word for a boolean',
    'port: 8080',
    '      port: 8080\n      tls: {verify: yes}',
    '11:21 apps.hello.test.tls.verify: Expected true or false: got "yes"',
  ],
  [
    'no image',
    'packerTemplate: hello.pkr.hcl',
    '',
    '5:7 apps.hello.build: Missing key "packerTemplate" or "withoutPacker": one of them makes the image',
  ],
  [
    'image elsewhere',
    'artifact: hello.tar.gz',
    '      artifact: ../hello.tar.gz',
    '6:17 apps.hello.build.artifact: Expected a relative path without "..": got "../hello.tar.gz"',
  ],
  [
    'bad bucket',
    'bucket: templates',
    '      bucket: My_Bucket',
    '8:15 apps.hello.build.bucket: Expected the name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes: got "My_Bucket"',
  ],
  [
    'name of an app',
    'hello:',
    '  Hello App:',
    '3:3 apps.Hello App: Expected a name of up to 31 lower-case letters, digits and dashes that starts with a letter: got "Hello App"',
  ],
  [
    'bad regular expression',
    '- path: /healthz',
    '        - {path: /, matches: "("}',
    '12:30 apps.hello.test.checks.0.matches: Expected a regular expression: got "("',
  ],
  [
    'kind of check',
    '- path: /healthz',
    '        - {kind: htpp, path: /}',
    '12:18 apps.hello.test.checks.0.kind: Expected one of http, tcp: got "htpp": did you mean "http"',
  ],
  [
    'two checks of one name',
    '- path: /healthz',
    '        - {path: /, name: a}\n        - {path: /b, name: a}',
    '13:28 apps.hello.test.checks.1.name: Expected another name, as there is a check "a" above',
  ],
  [
    'status',
    '- path: /healthz',
    '        - {path: /, status: [200, 999]}',
    '12:35 apps.hello.test.checks.0.status.1: Expected a whole number from 100 to 599: got 999',
  ],
])('parseConfig() refuses: %s', (_label, line, replacement, problem) => {
  expect(problemsOf(withLine(line, replacement))).toEqual([problem].flat());
});

test.each([
  [
    'kind of strategy',
    'strategy: {kind: cannary}',
    '14:24 apps.hello.deploy.strategy.kind: Expected one of auto, double, exponential, batch, one-by-one, canary: got "cannary": did you mean "canary"',
  ],
  [
    'key of another kind',
    'strategy: {kind: batch, count: 1}',
    '14:31 apps.hello.deploy.strategy.count: Unknown key "count": there are kind, size, proveFirst',
  ],
  [
    'missing kind',
    'strategy: {count: 1}',
    '14:7 apps.hello.deploy.strategy: Missing key "kind": one of auto, double, exponential, batch, one-by-one, canary',
  ],
  [
    'drain by http without path',
    'drain: {kind: http}',
    '14:7 apps.hello.deploy.drain: Missing key "path"',
  ],
  [
    'surge',
    'maxSurge: 25 %',
    '14:17 apps.hello.deploy.maxSurge: Expected a whole number or a percentage such as "25%": got "25 %"',
  ],
  [
    'empty canary',
    'strategy: {kind: canary, count: 0}',
    '14:39 apps.hello.deploy.strategy.count: Expected more than nothing: got 0',
  ],
  [
    'nothing may move',
    'maxSurge: 0',
    '14:7 apps.hello.deploy: Expected maxSurge or maxUnavailable to be more than 0: nothing could ever be replaced',
  ],
  [
    'canary after canary',
    'strategy: {kind: canary, followedBy: {kind: canary}}',
    '14:51 apps.hello.deploy.strategy.followedBy.kind: Expected one of double, exponential, batch, one-by-one: got "canary"',
  ],
])('parseConfig() refuses in `deploy`: %s', (_label, line, problem) => {
  const text = MINIMAL.replace('environments:', `    deploy:\n      ${line}\nenvironments:`);
  expect(problemsOf(text)).toEqual([problem]);
});

test.each([
  [
    'unknown variable',
    `withoutPacker: [make, "\${variables.relese}"]`,
    '10:29 apps.hello.build.withoutPacker.1: Unknown variable "relese": did you mean "release"',
  ],
  [
    'unknown placeholder',
    `withoutPacker: [make, "\${verison}"]`,
    '10:29 apps.hello.build.withoutPacker.1: Unknown placeholder "verison": did you mean "version"',
  ],
  [
    'ambiguous version',
    'variables: {release: 1.10}',
    '9:28 : Ambiguous number: 1.10 would be read as 1.1; quote it to keep the text',
  ],
  [
    'number with a fraction',
    'variables: {release: 1.5}',
    '9:28 apps.hello.build.variables.release: Expected a text, a whole number, true or false: got 1.5',
  ],
])('parseConfig() refuses in `build`: %s', (_label, line, problem) => {
  const variables = line.startsWith('variables') ? '' : '\n      variables: {release: good}';
  const text = withLine('bucket: templates', `      bucket: templates${variables}\n      ${line}`);
  expect(problemsOf(text)).toEqual([problem]);
});

test('parseConfig() blames the environment whose override leaves nothing to move', () => {
  const deploy = '    deploy:\n      maxSurge: 1\nenvironments:';
  const text = `${MINIMAL.replace('environments:', deploy)}    deploy: {maxSurge: 0}\n`;
  expect(problemsOf(text)).toEqual([
    '25:13 environments.staging.deploy: Expected maxSurge or maxUnavailable to be more than 0: nothing could ever be replaced',
  ]);
});

test('parseConfig() says of another version only that', () => {
  expect(problemsOf('version: 2\napps: []\nnew: 1\n')).toEqual([
    '1:10 version: This ci-cli reads version 1: got 2',
  ]);
});

test.each(['', '# only a comment\n', '---\n', 'null\n'])(
  'parseConfig() refuses %j as empty',
  (text) => {
    expect(errorOf(() => parse(text)).code).toBe('file-empty');
  },
);

test.each(['hello', '[1, 2]', '42'])('parseConfig() refuses %j', (text) => {
  expect(problemsOf(text)).toHaveLength(1);
});

test('parseConfig() points at the anchor when an alias stands for something wrong', () => {
  const text = withLine('vault:', '    vault: &vault').replace('appRole: ci', 'approle: ci');
  const more = '  production:\n    zone: ch-gva-2\n    pool: p\n    vault: *vault\n';
  expect(new Set(problemsOf(text + more).map((problem) => problem.split(' ')[0]))).toEqual(
    new Set(['17:5', '18:7', '26:5']),
  );
});

test('parseConfig() keeps variables as Packer gets them: as text', () => {
  const text = withLine(
    'bucket: templates',
    '      bucket: templates\n      variables: {a: 1, b: true, c: x, d: "1.10"}',
  );
  expect(parse(text).apps.hello?.build.variables).toEqual({ a: '1', b: 'true', c: 'x', d: '1.10' });
});

test('parseConfig() ends every broken file in a ConfigError that points into it', () => {
  const lines = MINIMAL.split('\n');
  const broken = [
    ...lines.map((_, index) => lines.toSpliced(index, 1).join('\n')),
    ...lines.map((_, index) => lines.slice(0, index).join('\n')),
    ...lines.map((line, index) => lines.with(index, line.replace(/: .*/, ': [}')).join('\n')),
    ...lines.map((line, index) => lines.with(index, ` ${line}`).join('\n')),
    ...lines.map((line, index) => lines.with(index, line.replace(/: .*/, ': {a: 1}')).join('\n')),
  ].filter((text) => text !== MINIMAL);
  const refused = broken.filter((text) => !isAccepted(text));
  expect(refused.length).toBeGreaterThan(80);
  for (const text of refused) {
    for (const { line = 0, column = 0, message } of errorOf(() => parse(text)).problems) {
      expect(message).toMatch(/^[A-Z].*[^.]$/);
      expect(line).toBeLessThanOrEqual(text.split('\n').length);
      expect(column).toBeLessThanOrEqual(200);
    }
  }
});

function isAccepted(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}
