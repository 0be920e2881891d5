import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { execPath } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface HelloProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly port: number;
  readonly lines: readonly string[];
  /** Resolves with the first line that matches, printed already or yet to come. */
  said(pattern: RegExp): Promise<string>;
  exited(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** The server as its own process on a free loopback port, with nothing but `env` in its environment. */
export async function startHello(
  env: Record<string, string> = {},
  { main = MAIN, cwd = '/' }: { readonly main?: string; readonly cwd?: string } = {},
): Promise<HelloProcess> {
  const child = spawn(execPath, [main], {
    cwd,
    env: { HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on('line', (line) => lines.push(line));

  async function said(pattern: RegExp): Promise<string> {
    for (;;) {
      const line = lines.find((candidate) => pattern.test(candidate));
      if (line !== undefined) {
        return line;
      }
      await Promise.race([
        once(output, 'line'),
        exit.then(([code]) =>
          Promise.reject(new Error(`Exited with ${code}: ${lines.join(' | ')}`)),
        ),
      ]);
    }
  }

  const announced = await said(/ listens on /);
  return {
    child,
    port: Number(announced.split(':').at(-1)),
    lines,
    said,
    async exited() {
      const [code, signal] = await exit;
      return { code, signal };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
