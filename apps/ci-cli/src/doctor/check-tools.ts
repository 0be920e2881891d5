import { spawn } from 'node:child_process';
import { type Finding, ok } from './finding.ts';

const LIMIT_MS = 5_000;

const tools = [
  { name: 'packer', args: ['version'], use: 'builds templates; an app may do without' },
  { name: 'exo', args: ['version'], use: 'for `ci-cli exec -- exo …` only' },
];

/** Which tools are there, in which version; none of them has to be. */
export async function checkTools(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const found = await Promise.all(
    tools.map(async ({ name, args, use }): Promise<Finding> => {
      const version = await firstLine(name, args, env.PATH ?? '');
      if (version !== undefined) return ok(name, version);
      return { what: name, verdict: 'skip', detail: `not on PATH: ${use}` };
    }),
  );
  return [ok('node', process.version), ...found];
}

/** Runs with nothing but PATH and a home that is not there: no tool needs a credential to tell its version. */
function firstLine(file: string, args: string[], path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env: { PATH: path, HOME: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // The timeout that spawn() offers outlives a program that is not there, and with it this process.
    const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const finish = (version: string | undefined): void => {
      clearTimeout(limit);
      resolve(version);
    };
    child.on('error', () => finish(undefined));
    child.on('close', (code) => finish(code === 0 ? text.split('\n')[0]?.trim() : undefined));
  });
}
