import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createExoscale } from '@exoship/exoscale-api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeWorld } from '../src/demo/world.ts';
import { type Ci, type CiEnd, openCi } from '../src/harness/open-ci.ts';

// A whole rollout, with real processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let ci: Ci;
let deployed: CiEnd;
let watched: CiEnd;

beforeAll(async () => {
  ci = await openCi();
  const { sandbox, appPort } = ci;
  const built = await ci.run(['build', '--output', 'json'], commit('a'));
  const { templateId } = built.result.template as { templateId: string };
  const credentials = () => sandbox.adminCredentials;
  const endpoint = sandbox.apiEndpoint;
  const signal = AbortSignal.timeout(100_000);
  await makeWorld(createExoscale({ zone: sandbox.zone, endpoint, credentials }), {
    templateId,
    poolSize: 2,
    appPort,
    sandbox,
    signal,
  });
  await ci.run(['build'], commit('b'));
  const begun = new Promise<void>((resolve) => {
    sandbox.cloud.subscribe((event) => {
      if (event.type === 'member-joined') resolve();
    });
  });
  const outputs = ['--events', 'events.jsonl', '--report', 'report.html'];
  const deploying = ci.run(['deploy', '--exclusive', '--untested', ...outputs], commit('b'));
  await Promise.race([begun, deploying]);
  watched = await ci.run(['rollout', 'status', '--watch']);
  deployed = await deploying;
});
afterAll(async () => await ci?.[Symbol.asyncDispose]());

function commit(letter: string): { readonly CI_COMMIT_SHA: string } {
  return { CI_COMMIT_SHA: letter.repeat(40) };
}

test('rollout status --watch tells each state once, until nothing is under way', () => {
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  expect(watched.exitCode, watched.stderr).toBe(0);
  const states = [...watched.stderr.matchAll(/\b(rolling|idle)\b/g)].map(([state]) => state);
  expect(states[0], watched.stderr).toBe('rolling');
  expect(states.at(-1)).toBe('idle');
  expect(states.filter((state) => state === 'idle')).toHaveLength(1);
});

test('rollout report draws the same page from the events as the rollout did itself', async () => {
  const again = await ci.run(['rollout', 'report', 'events.jsonl', '--out', 'again.html']);
  expect(again.exitCode, again.stderr).toBe(0);
  const [first, second] = await Promise.all(
    ['report.html', 'again.html'].map((name) => readFile(join(ci.folder, name), 'utf8')),
  );
  expect(first).toContain('completed');
  expect(second).toBe(first);
});
