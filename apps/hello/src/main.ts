import { hostname } from 'node:os';
import { createHello, type Hello } from './hello.ts';
import release from './release.json' with { type: 'json' };
import { createRelease } from './release.ts';
import { readSettings } from './settings.ts';

// Whoever reads our lines may go first; that must not cost a request.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

try {
  await main();
} catch (error) {
  process.stderr.write(`hello: ${explain(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const baked = createRelease(release);
  const settings = readSettings(process.env, { baked, hostname: hostname() });
  const hello = createHello({ ...baked, ...settings });
  const { port } = await hello.listen(settings);
  // Only now: before it listens, a signal may end the process as it does any other.
  leaveOnSignal(hello, settings.lameDuckMs);
  say(`${baked.version} (${baked.release}) listens on ${settings.host}:${port}`);
}

function leaveOnSignal(hello: Hello, lameDuckMs: number): void {
  let isLeaving = false;
  const leave = (signal: NodeJS.Signals) => {
    say(
      isLeaving
        ? `${signal} again, leaves now`
        : `${signal}, fails its health and keeps accepting for ${lameDuckMs} ms`,
    );
    void (isLeaving ? hello.close() : hello.drain());
    isLeaving = true;
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
}

function say(line: string): void {
  process.stdout.write(`hello: ${line}\n`);
}

function explain(error: unknown): string {
  const { code, address, port, message } = error as NodeJS.ErrnoException & {
    readonly address?: string;
    readonly port?: number;
  };
  return code === 'EADDRINUSE' ? `Cannot listen on ${address}:${port}: the port is taken` : message;
}
