import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Consumer } from './consumer.ts';

export interface ServedSandbox extends AsyncDisposable {
  /** What `ci-cli sandbox up` told to export. */
  readonly env: Readonly<Record<string, string>>;
}

const LAST_VARIABLE = 'EXOSCALE_API_SECRET';
const STOP_DEADLINE_MS = 20_000;

/** Starts the installed `ci-cli sandbox up` and reads what it prints for a shell. */
export async function serveSandbox(
  consumer: Consumer,
  appPort: number,
  signal: AbortSignal,
): Promise<ServedSandbox> {
  const bin = join(consumer.folder, 'node_modules/.bin/ci-cli');
  const served = execa(bin, ['sandbox', 'up', '--app-port', String(appPort)], {
    cwd: consumer.folder,
    env: { PATH: consumer.path, HOME: consumer.folder },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    buffer: { stdout: false },
    cancelSignal: signal,
    forceKillAfterDelay: STOP_DEADLINE_MS,
  });
  const env: Record<string, string> = {};
  for await (const line of createInterface({ input: served.stdout })) {
    const [, name, value] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) env[name] = value;
    if (name === LAST_VARIABLE) break;
  }
  served.stdout.resume();
  if (env[LAST_VARIABLE] === undefined) {
    const { stderr } = await served;
    throw new RangeError(`The sandbox did not come up: ${stderr.split('\n').at(-1)}`);
  }
  return {
    env,
    [Symbol.asyncDispose]: async () => {
      served.kill('SIGTERM');
      await served;
    },
  };
}
