import { execFile } from 'node:child_process';
import { Agent } from 'node:http';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { get } from './support/get.ts';
import { startHello } from './support/hello-process.ts';

test('main: SIGTERM fails the health, serves for the window, then exits 0', async () => {
  await using hello = await startHello({ LAME_DUCK_MS: '1000', HELLO_INSTANCE: 'i-7' });
  const agent = new Agent({ keepAlive: true });
  const kept = await get(hello.port, '/version', agent);
  expect(JSON.parse(kept.body)).toMatchObject({ instance: 'i-7' });

  hello.child.kill('SIGTERM');
  await hello.said(/SIGTERM, fails its health and keeps accepting for 1000 ms/);
  expect((await get(hello.port, '/healthz')).status).toBe(503);
  const last = await get(hello.port, '/', agent);
  expect(last).toMatchObject({ status: 200, connection: kept.connection });
  expect(last.headers.connection).toBe('close');

  expect(await hello.exited()).toEqual({ code: 0, signal: null });
  agent.destroy();
});

test('main: every request during the window is answered, on kept and on new connections', async () => {
  await using hello = await startHello({ LAME_DUCK_MS: '3600000' });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  await Promise.all(Array.from({ length: 4 }, () => get(hello.port, '/', agent)));

  hello.child.kill('SIGTERM');
  const requests = Array.from({ length: 200 }, async (_, index) => {
    const { status } = await get(hello.port, '/', index % 2 === 0 ? agent : false);
    return status;
  });
  expect(new Set(await Promise.all(requests))).toEqual(new Set([200]));

  await hello.said(/SIGTERM, fails/);
  expect((await get(hello.port, '/', agent)).headers.connection).toBe('close');
  agent.destroy();
});

test('main: a reader that goes away does not end it', async () => {
  await using hello = await startHello({ LAME_DUCK_MS: '100' });
  hello.child.stdout?.destroy();
  hello.child.kill('SIGTERM');
  expect(await hello.exited()).toEqual({ code: 0, signal: null });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'main: a %s after the first ends the window',
  async (second) => {
    await using hello = await startHello({ LAME_DUCK_MS: '3600000' });
    hello.child.kill('SIGTERM');
    await hello.said(/SIGTERM, fails/);
    hello.child.kill(second);
    expect(await hello.exited()).toEqual({ code: 0, signal: null });
    expect(hello.lines.at(-1)).toBe(`hello: ${second} again, leaves now`);
  },
);

test('main: a taken port is one clear line and exit 1', async () => {
  await using hello = await startHello();
  const { code, stderr } = await runMain({ HOST: '127.0.0.1', PORT: String(hello.port) });
  expect(code).toBe(1);
  expect(stderr).toBe(`hello: Cannot listen on 127.0.0.1:${hello.port}: the port is taken\n`);
});

test('main: a setting that cannot be used is one clear line and exit 1', async () => {
  const { code, stderr } = await runMain({ PORT: 'http' });
  expect(code).toBe(1);
  expect(stderr).toBe('hello: Cannot use port "http": expected 0 to 65535\n');
});

function runMain(env: Record<string, string>): Promise<{ code: number | null; stderr: string }> {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(execPath, [main], { env }, (_error, _stdout, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });
}
