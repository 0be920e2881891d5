import { expect, test } from 'vitest';
import { run } from '../../src/run.ts';
import { fakeJob } from '../support/fake-job.ts';

test.each<[readonly string[], string]>([
  [['--speed', '0'], 'speed must be above zero'],
  [['--speed', 'fast'], '--speed takes a number: got "fast"'],
  [['--boot-failures', '2'], 'from 0 to 1'],
  [['--latencies', '{'], '--latencies takes JSON'],
  [['--latencies', '{"bootMS":1}'], 'Unknown latency of the cloud: "bootMS"'],
  [['--victims', 'all'], '--victims takes oldest, newest or random'],
])('sandbox up %j is refused as a usage error', async (flags, words) => {
  const { context, stderr } = fakeJob();
  expect(await run(['sandbox', 'up', ...flags], context)).toBe(2);
  expect(stderr()).toContain(words);
});

test('sandbox up prints what a shell evaluates, and the line that makes calls fail', async () => {
  const stopped = new AbortController();
  const { context, stdout } = fakeJob({ signal: stopped.signal });
  const running = run(['sandbox', 'up', '--app-port', '18080', '--speed', '100'], context);
  await expect.poll(stdout, { timeout: 20_000 }).toContain('# The next two scalings fail: curl ');
  const exported = (name: string) => new RegExp(`^export ${name}='(.+)'$`, 'm').exec(stdout())?.[1];
  const fault = /^# The next two scalings fail: curl .* -d '(.+)'$/m.exec(stdout())?.[1] ?? '';
  const answer = await fetch(exported('SANDBOX_FAULTS') ?? '', {
    method: 'POST',
    headers: { authorization: `Bearer ${exported('SANDBOX_TOKEN')}` },
    body: fault,
  });
  expect(await answer.json()).toMatchObject({ id: 'fault-1', left: 2, status: 503 });
  stopped.abort();
  expect(await running).toBe(0);
});
