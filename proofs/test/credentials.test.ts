import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { tooMany } from '../src/prove/credentials/count-round-trips.ts';
import { faultList } from '../src/prove/credentials/fault-list.ts';
import { plainJob, type Row } from '../src/prove/credentials/row.ts';
import { type JobEnd, runJob } from '../src/prove/credentials/run-job.ts';
import { longJobProblems } from '../src/prove/credentials/run-long-job.ts';
import { runRow, sweep } from '../src/prove/credentials/run-row.ts';
import { openWorld } from '../src/prove/credentials/world.ts';

vi.setConfig({ testTimeout: 60_000 });

// A few of the list with a fixed seed; all of it is `pnpm prove credentials`.
const some = [
  'broker token that nobody issued',
  'secret of the key, printed by the command in four encodings',
  'secret id for one login, raced by two jobs',
  'opened by somebody else',
  'JWT of a job on a protected branch',
  'cloud that never deletes the key',
];
const rows = faultList.flatMap((group) => group.rows);

test('every row has a name of its own', () => {
  const names = rows.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(rows.length).toBeGreaterThan(150);
});

test('nothing is skipped without a reason', () => {
  const skipped = faultList.flatMap((group) => group.skipped);
  expect(skipped.filter(({ why }) => why.length < 10)).toEqual([]);
});

test.each(some)('%s', async (name) => {
  const row = rows.find((one) => one.name === name) as Row;
  const { problems, output } = await runRow(row, 7);
  expect(problems, output).toEqual([]);
});

describe('the sweep', () => {
  const canary = 'CANARY+secret/0123456789==';
  const secrets = new Map([[canary, 'canary']]);
  const end = (change: Partial<JobEnd>): JobEnd => ({
    exitCode: 0,
    stdout: '',
    stderr: '',
    arguments: '',
    files: '',
    ...change,
  });

  test.each([
    ['as it is', canary],
    ['percent-encoded', encodeURIComponent(canary)],
    ['in base64', Buffer.from(canary).toString('base64')],
    ['in base64 behind something', Buffer.from(`user:${canary}`).toString('base64')],
    ['in hexadecimal', Buffer.from(canary).toString('hex')],
  ])('finds a leak %s, wherever it is', (_what, text) => {
    for (const place of ['stdout', 'stderr', 'arguments', 'files'] as const) {
      const found = sweep(secrets, end({ [place]: `before ${text} after` }));
      expect(found).toEqual([`LEAK: canary in ${place}`]);
    }
    expect(sweep(secrets, end({ stderr: '[redacted]' }))).toEqual([]);
  });

  test('finds a leak that a real job was given by hand', async () => {
    await using world = await openWorld(7);
    const script =
      'printenv EXOSCALE_API_SECRET > "$TMPDIR/leak"; sh -c "sleep 0.3" "$EXOSCALE_API_SECRET"';
    const end = await runJob([...plainJob.slice(0, -1), 'sh', '-c', script], {
      env: world.env(),
      cwd: world.folder,
      temporary: world.temporary,
    });
    await rm(join(world.temporary, 'leak'));
    expect(end.exitCode, end.stderr).toBe(0);
    expect(sweep(world.tap.secrets, end)).toEqual([
      'LEAK: api_secret in arguments',
      'LEAK: api_secret in files',
    ]);
  });
});

test('a violation of the figures is one', () => {
  const fine = { keysLeft: 0, tokensLeft: 0, beside: 0 };
  expect(tooMany([{ way: 'JWT + mint', toKey: 2, cleanup: 4, ...fine }])).toEqual([]);
  expect(tooMany([{ way: 'JWT + mint', toKey: 3, cleanup: 4, ...fine }])).toHaveLength(1);
  expect(tooMany([{ way: 'JWT + mint', toKey: 2, cleanup: 5, ...fine }])).toHaveLength(1);
  const job = {
    exitCode: 0,
    seconds: 60,
    keyTtlSeconds: 5,
    apiCalls: 100,
    refusedCalls: 0,
    keysMinted: 9,
    logins: 3,
    mostKeysAlive: 2,
    keysLeft: 0,
    tokensLeft: 0,
    leaks: [],
    output: '',
  };
  expect(longJobProblems(job)).toEqual([]);
  for (const worse of [
    { refusedCalls: 1 },
    { mostKeysAlive: 3 },
    { keysLeft: 1 },
    { exitCode: 18 },
  ]) {
    expect(longJobProblems({ ...job, ...worse })).toHaveLength(1);
  }
});
