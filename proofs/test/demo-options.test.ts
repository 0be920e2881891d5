import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { blame } from '../src/demo/blame.ts';
import { canaryConfig } from '../src/demo/canary-config.ts';
import { parseDemoOptions } from '../src/demo/options.ts';
import { demoConfig } from '../src/demo/pipeline.ts';
import { renderTable } from '../src/demo/render-table.ts';
import { runDemo } from '../src/demo/run-demo.ts';
import { type DemoSummary, disappointments } from '../src/demo/summary.ts';

test('parseDemoOptions() fills in defaults and keeps what is given', () => {
  expect(parseDemoOptions([], 7)).toEqual({
    seed: 7,
    poolSize: 3,
    release: 'good',
    skipTest: false,
    strategy: undefined,
    vm: false,
  });
  expect(parseDemoOptions(['--vm'], 7)).toMatchObject({ poolSize: 2, vm: true });
  expect(parseDemoOptions(['--', '--seed', '0', '--pool-size=6', '--skip-test'], 7)).toMatchObject({
    seed: 0,
    poolSize: 6,
    skipTest: true,
  });
});

test.each([
  [['--pool-size', '0'], '--pool-size takes a whole number from 1 to 20: got "0"'],
  [['--seed', 'x'], '--seed takes a whole number from 0 to 4294967295: got "x"'],
  [['--release', 'ugly'], '--release takes good, bad-health, bad-app: got "ugly"'],
  [
    ['--strategy', 'hope'],
    '--strategy takes double, exponential, batch, one-by-one, canary: got "hope"',
  ],
])('parseDemoOptions() refuses %j', (argv, message) => {
  expect(() => parseDemoOptions(argv, 1)).toThrow(new RangeError(message));
});

const failed = { isComplete: false, outcome: '500', sentAt: new Date(0) } as const;

test('blame() excuses only a new member that has not passed the gate yet', () => {
  const { dropped, fromUnproven } = blame(
    [
      { ...failed, failedAt: new Date(10), memberId: 'new' },
      { ...failed, failedAt: new Date(30), memberId: 'new' },
      { ...failed, failedAt: new Date(10), memberId: 'old' },
      { ...failed, failedAt: new Date(10), memberId: undefined },
    ],
    { newMembers: new Set(['new']), provedAt: new Map([['new', new Date(20)]]) },
  );
  expect(fromUnproven).toHaveLength(1);
  expect(dropped.map(({ memberId, failedAt }) => [memberId, failedAt.getTime()])).toEqual([
    ['new', 30],
    ['old', 10],
    [undefined, 10],
  ]);
});

const good: DemoSummary = {
  seed: 1,
  release: 'good',
  strategy: null,
  stages: { build: 0, test: 0, deploy: 0 },
  template: { id: 'b', name: 'hello-b' },
  smoke: { passed: true, readyAfterMs: 10 },
  rollout: { outcome: 'completed', from: 'a', to: 'b', size: 3, minServing: 3, wallMs: 1 },
  traffic: { requests: 1_500, dropped: 0, errorsFromUnproven: 0 },
  keys: { minted: 6, revoked: 6, live: 0 },
  instances: { total: 3, onNewTemplate: 3, leaked: 0 },
  phases: [{ phase: 'build B', wallMs: 1_500 }],
  machines: null,
};
const wanted = { poolSize: 3, skipTest: false, leastRequests: 1_000 };
const machine = {
  name: 'pool-1',
  answer: 'pool-1',
  version: '1',
  bootedAs: 'Linux 6.1.0 pool-1 READY after 5 s',
  consoleFile: 'reports/demo/consoles/pool-1.log',
};

test('disappointments() has nothing to say about a good release that went well', () => {
  expect(disappointments(good, wanted)).toEqual([]);
  expect(disappointments({ ...good, machines: [machine] }, wanted)).toEqual([]);
});

test.each<[string, Partial<DemoSummary>]>([
  ['1 requests were dropped', { traffic: { ...good.traffic, dropped: 1 } }],
  ['only 999 requests were made', { traffic: { ...good.traffic, requests: 999 } }],
  ['1 keys are alive', { keys: { ...good.keys, live: 1 } }],
  ['1 instances leaked', { instances: { ...good.instances, leaked: 1 } }],
  [
    'pool-1 should answer from a machine of its own, not as nobody',
    { machines: [{ ...machine, answer: 'nobody' }] },
  ],
  [
    'pool-1 should answer from a machine of its own, not as pool-1',
    { machines: [{ ...machine, bootedAs: null }] },
  ],
  ['deploy should exit 0, not 14', { stages: { ...good.stages, deploy: 14 } }],
])('disappointments() says "%s"', (sentence, change) => {
  expect(disappointments({ ...good, ...change }, wanted)).toEqual([sentence]);
});

test('disappointments() expects a bad release to be caught by the smoke test', () => {
  const caught: DemoSummary = {
    ...good,
    release: 'bad-app',
    stages: { build: 0, test: 13, deploy: null },
    smoke: { passed: false, readyAfterMs: null },
    rollout: null,
    instances: { total: 3, onNewTemplate: 0, leaked: 0 },
  };
  expect(disappointments(caught, wanted)).toEqual([]);
  expect(disappointments({ ...caught, smoke: { passed: true, readyAfterMs: 5 } }, wanted)).toEqual([
    'smoke test passed: true',
  ]);
});

test('renderTable() tells who answered, and how long each phase took', () => {
  const table = renderTable({ ...good, machines: [machine] });
  expect(table).toContain(
    'machine     pool-1 answers hello 1: Linux 6.1.0 pool-1 READY after 5 s; ',
  );
  expect(table).toContain('wall        build B 1.5 s; 1.5 s in all');
});

test('runDemo() says in one line what --vm needs and is not there, and ends with 2', async () => {
  const lines: string[] = [];
  const options = parseDemoOptions(['--vm'], 1);
  const say = (line: string) => void lines.push(line);
  const { signal } = new AbortController();
  expect(await runDemo(options, say, signal, '/nowhere')).toBe(2);
  expect(lines).toEqual([
    expect.stringMatching(/^demo: --vm needs more than is here: apt-get install packer qemu-/),
  ]);
});

test('canaryConfig() lets canaries pass by themselves, and changes nothing else', async () => {
  const { apps, ...rest } = parse(await canaryConfig(demoConfig));
  const { apps: demoApps, ...demoRest } = parse(await readFile(demoConfig, 'utf8'));
  expect(apps.hello.deploy.strategy).toMatchObject({ kind: 'canary', approval: 'automatic' });
  const { strategy } = demoApps.hello.deploy;
  expect({ ...apps.hello.deploy, strategy }).toEqual(demoApps.hello.deploy);
  expect(rest).toEqual(demoRest);
});
