import { expect, test } from 'vitest';
import { Interruption } from '../src/interruption.ts';
import { run } from '../src/run.ts';
import { fakeJob } from './support/fake-job.ts';

test.each([
  [['--version'], 0],
  [['--help'], 0],
  [['bulid'], 2],
  [['build', '--frce'], 2],
  [['build', '--config', 'no-such-file.yaml'], 2],
])('run(%j) resolves with %i', async (argv, exitCode) => {
  expect(await run(argv, fakeJob().context)).toBe(exitCode);
});

test('run() prints one JSON document with --output json, what went wrong included', async () => {
  const { context, stdout } = fakeJob();
  expect(await run(['sweep', '--older-than', 'soon', '--output', 'json'], context)).toBe(2);
  expect(JSON.parse(stdout())).toEqual({
    exitCode: 2,
    error: {
      message: '--older-than takes a duration such as 90s, 30m, 1h or 2d: got "soon"',
      retryable: false,
    },
    cleanup: [],
  });
});

test('run() says at once that it was interrupted, and by what', async () => {
  const interrupted = new AbortController();
  const { context, stderr } = fakeJob({ signal: interrupted.signal });
  const running = run(['build', '--config', 'no-such-file.yaml'], context);
  interrupted.abort(new Interruption('SIGTERM'));
  await running;
  expect(stderr()).toContain('Interrupted by SIGTERM: stopping, and giving everything back');
});
