import { pathToFileURL } from 'node:url';
import { type Group, plainJob, type Row } from '../row.ts';
import type { Env, World } from '../world.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Puts the wall clock of the job's process off by so much, from the start or after a while; monotonic time runs on. */
async function offBy(world: World, ms: number, afterMs = 0): Promise<Env> {
  const file = await world.file(
    'clock.mjs',
    `const real = Date;
const startedMs = performance.now();
const off = () => (performance.now() - startedMs >= ${afterMs} ? ${ms} : 0);
globalThis.Date = class extends real {
  constructor(...given) {
    super(...(given.length === 0 ? [real.now() + off()] : given));
  }
  static now() {
    return real.now() + off();
  }
};
`,
  );
  return { NODE_OPTIONS: `--import=${pathToFileURL(file).href}` };
}

const clock = (name: string, ms: number, row: Omit<Row, 'name'>, afterMs?: number): Row => ({
  name: `clock ${name}`,
  arrange: async (world) => await offBy(world, ms, afterMs),
  ...row,
});

const during = (script: string): readonly string[] => [
  ...plainJob.slice(0, -1),
  'sh',
  '-c',
  script,
];

const shortKeys = async ({ root }: World): Promise<void> => {
  const fields = { 'iam-role': 'exoship-test', ttl: '5s', max_ttl: '1h' };
  await root.write('exoscale/role/exoship-test', fields);
};

const renewals = ({ tap }: World): number =>
  tap.exchanges.filter(({ call }) => call === 'POST /v1/sys/leases/renew').length;

const unproven = /Cannot prove that the key is dead: this clock is \d+ minutes off/;

const rows: readonly Row[] = [
  clock('ten minutes fast', 10 * MINUTE_MS, { exitCode: 18, says: unproven }),
  clock('ten minutes slow', -10 * MINUTE_MS, { exitCode: 18, says: unproven }),
  clock('a day fast', DAY_MS, { exitCode: 18, says: unproven }),
  clock('a day slow', -DAY_MS, { exitCode: 18, says: unproven }),
  clock('four minutes slow', -4 * MINUTE_MS, { exitCode: 0, says: /revoked, proven/ }),
  {
    ...clock('that jumps ahead by a day while the command runs', DAY_MS, {
      argv: during('sleep 4'),
      exitCode: 18,
      says: unproven,
    }),
    // Ahead of it, the key of 15 minutes would seem to have ended long ago.
    arrange: async (world) => await offBy(world, DAY_MS, 2_000),
    check: (world) =>
      renewals(world) === 0 ? undefined : `${renewals(world)} renewals for a jump of the clock`,
  },
  {
    name: 'clock that jumps back by a day while keys of five seconds are kept alive',
    arrange: async (world) => {
      await shortKeys(world);
      return await offBy(world, -DAY_MS, 2_000);
    },
    argv: during('sleep 8'),
    exitCode: 18,
    says: unproven,
    check: (world) => (renewals(world) >= 2 ? undefined : `${renewals(world)} renewals in 8 s`),
  },
  {
    name: 'job that is suspended for longer than its key may wait',
    arrange: shortKeys,
    argv: during('(sleep 4; kill -CONT $PPID) & kill -STOP $PPID; wait; sleep 2'),
    exitCode: 0,
    says: /revoked, proven/,
  },
  {
    name: 'key of 30 days, beyond what a timer of Node can wait',
    arrange: async ({ root }) => {
      const fields = { 'iam-role': 'exoship-test', ttl: '720h', max_ttl: '760h' };
      await root.write('exoscale/role/exoship-test', fields);
    },
    argv: during('sleep 1'),
    exitCode: 0,
    check: (world) =>
      renewals(world) === 0 ? undefined : `${renewals(world)} renewals within a second`,
  },
];

export const clocks: Group = { name: 'clocks', rows, skipped: [] };
