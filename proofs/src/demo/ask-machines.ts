import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sandbox } from '@exoship/sandbox';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const consoles = join(repository, 'reports/demo/consoles');

/** One member of the pool, asked at its own address: no load balancer between. */
export interface MachineAnswer {
  readonly name: string;
  /** How it calls itself in `x-hello-instance`: inside a machine, its host name. */
  readonly answer: string;
  readonly version: string;
  /** What its kernel said of itself on the serial console; a process has none. */
  readonly bootedAs: string | null;
  /** Everything it said there. */
  readonly consoleFile: string;
}

/** Lets every member say who it is, and keeps what its serial console has shown. */
export async function askMachines(
  sandbox: Pick<Sandbox, 'cloud' | 'addressOf' | 'consoleOf'>,
  port: number,
): Promise<readonly MachineAnswer[]> {
  return await Promise.all(
    (await keepConsoles(sandbox)).map(async ({ id, name, console, consoleFile }) => {
      const bootedAs = /Linux \S+ \S+ READY after [\d.]+ s/.exec(console)?.[0] ?? null;
      const { answer, version } = await ask(`http://${sandbox.addressOf(id)}:${port}/version`);
      return { name, answer, version, bootedAs, consoleFile };
    }),
  );
}

interface KeptConsole {
  readonly id: string;
  readonly name: string;
  readonly console: string;
  readonly consoleFile: string;
}

/** The serial consoles of all members of all pools, as files: evidence, should a machine not come up. */
export async function keepConsoles(
  sandbox: Pick<Sandbox, 'cloud' | 'consoleOf'>,
): Promise<readonly KeptConsole[]> {
  await mkdir(consoles, { recursive: true });
  const members = sandbox.cloud.snapshot().pools.flatMap((pool) => pool.members);
  return await Promise.all(
    members.map(async ({ id, name }) => {
      const file = join(consoles, `${name}.log`);
      const console = sandbox.consoleOf(id);
      await writeFile(file, console);
      return { id, name, console, consoleFile: relative(repository, file) };
    }),
  );
}

async function ask(url: string): Promise<{ readonly answer: string; readonly version: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => undefined);
  return {
    answer: response?.headers.get('x-hello-instance') ?? 'nobody',
    version: response?.headers.get('x-hello-version') ?? 'unknown',
  };
}
