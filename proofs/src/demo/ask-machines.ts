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
  { poolId, port }: { readonly poolId: string; readonly port: number },
): Promise<readonly MachineAnswer[]> {
  await mkdir(consoles, { recursive: true });
  const pool = sandbox.cloud.snapshot().pools.find(({ id }) => id === poolId);
  return await Promise.all(
    (pool?.members ?? []).map(async ({ id, name }) => {
      const consoleFile = join(consoles, `${name}.log`);
      const console = sandbox.consoleOf(id);
      await writeFile(consoleFile, console);
      const bootedAs = /Linux \S+ \S+ READY after [\d.]+ s/.exec(console)?.[0] ?? null;
      const { answer, version } = await ask(`http://${sandbox.addressOf(id)}:${port}/version`);
      return { name, answer, version, bootedAs, consoleFile: relative(repository, consoleFile) };
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
