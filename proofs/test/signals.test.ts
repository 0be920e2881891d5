import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Blow, drawBlows } from '../src/prove/signals/draw-blows.ts';
import { openLane } from '../src/prove/signals/lane.ts';
import { leakedSecrets } from '../src/prove/signals/leaked-secrets.ts';
import type { QuickLane } from '../src/prove/signals/quick-lane.ts';
import { runLine } from '../src/prove/signals/run-line.ts';
import { freshCommit, readArtifactText } from '../src/prove/signals/scenes.ts';
import { type QuickBlow, strikeQuick } from '../src/prove/signals/strike-quick.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const seed = 7;
let quick: Pick<QuickLane, 'lane' | 'artifact' | 'lengths'>;
beforeAll(async () => {
  const lane = await openLane({ seed });
  await using job = await lane.openJob(freshCommit());
  await runLine(lane, job, ['build']);
  // No moment below is a part of a length.
  const none = { startMs: 0, workMs: 0 };
  quick = {
    lane,
    artifact: await readArtifactText(job),
    lengths: { build: none, test: none, exec: none },
  };
});
afterAll(async () => await quick?.lane[Symbol.asyncDispose]());

const blow = (
  changes: Pick<QuickBlow, 'stage' | 'signal' | 'moment'> & Partial<Blow>,
): QuickBlow => ({
  index: 0,
  target: 'leader',
  isStubborn: false,
  ...changes,
});

test.each<QuickBlow>([
  blow({ stage: 'build', signal: 'SIGTERM', moment: { kind: 'event', number: 4 } }),
  blow({
    stage: 'build',
    signal: 'SIGINT',
    moment: { kind: 'event', number: 2 },
    target: 'group',
  }),
  blow({ stage: 'test', signal: 'SIGTERM', moment: { kind: 'event', number: 2 } }),
  blow({ stage: 'exec', signal: 'SIGINT', moment: { kind: 'call', number: 4 }, target: 'group' }),
  blow({ stage: 'exec', signal: 'SIGTERM', moment: { kind: 'answer', number: 2 } }),
])('$stage gives everything back after $signal to the $target at $moment', async (one) => {
  const { violations, output } = await strikeQuick(quick, one);
  expect(violations, output).toEqual([]);
});

describe('drawBlows()', () => {
  const draw = (stage: 'build' | 'deploy', drawn = seed) =>
    drawBlows({ seed: drawn, stage, runs: 20 });

  test('draws the same for the same seed, and something else for another', () => {
    expect(draw('build')).toEqual(draw('build'));
    expect(draw('build')).not.toEqual(draw('build', seed + 1));
  });

  test('draws twenty moments per signal, spread over the whole stage, to leader and group', () => {
    const blows = draw('deploy').filter(({ moment }) => moment.kind === 'share');
    for (const signal of ['SIGTERM', 'SIGINT']) {
      const those = blows.filter((one) => one.signal === signal);
      const slices = those.map(({ moment }) =>
        moment.kind === 'share' ? Math.floor(moment.share * 20) : -1,
      );
      expect(slices).toEqual([...Array(20).keys()]);
      expect(new Set(those.map(({ target }) => target))).toEqual(new Set(['leader', 'group']));
    }
  });
});

test.each([
  ['in clear', (secret: string) => secret],
  ['in base64', (secret: string) => btoa(secret)],
  ['in base64, within something longer', (secret: string) => btoa(`{"token":"${secret}"}`)],
  ['in hex', (secret: string) => Buffer.from(secret).toString('hex')],
  ['in a URL', (secret: string) => encodeURIComponent(secret)],
])('leakedSecrets() finds a secret %s', (_name, encode) => {
  const secrets = new Map([['s3cr3t/value+1', 'api_secret']]);
  expect(leakedSecrets(`before ${encode('s3cr3t/value+1')} after`, secrets)).toEqual([
    'api_secret',
  ]);
  expect(leakedSecrets(`before ${encode('another/value+1')} after`, secrets)).toEqual([]);
});
