import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecret } from '@exoship/exo-runner';
import { createExo, type Exo } from '@exoship/exo-runner/exo';
import type { ExoWorld } from '../exo/exo-world.ts';

/** A world with an `exo` in it whose surroundings mislead where they can. */
export interface Trial {
  readonly world: ExoWorld;
  readonly exo: Exo;
  /** Keys that the commands were given, in their order. */
  readonly keysAsked: readonly string[];
  /** What the commands have left in their work folder. */
  left(): Promise<readonly string[]>;
}

/** Would send every call to where nobody listens, if it were read. */
const misleading = `defaultaccount = "other"
[[accounts]]
  name = "other"
  key = "EXOother"
  secret = "other"
  endpoint = "http://127.0.0.1:1/v2"
  defaultZone = "ch-dk-2"
`;

export async function openTrial(
  binary: string,
  world: ExoWorld,
  signal: AbortSignal,
): Promise<Trial> {
  const { sandbox, folder } = world;
  const workFolder = join(folder, 'work');
  await mkdir(join(folder, '.config', 'exoscale'), { recursive: true });
  await mkdir(workFolder);
  await writeFile(join(folder, '.config', 'exoscale', 'exoscale.toml'), misleading);
  await writeFile(join(folder, 'exoscale'), 'no TOML');
  const keysAsked: string[] = [];
  const { key, secret } = sandbox.adminCredentials;
  const exo = createExo({
    binary,
    workFolder,
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => {
      keysAsked.push(key);
      return { key, secret: createSecret(secret.reveal()) };
    },
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, '.config'),
      EXOSCALE_CONFIG: join(folder, '.config', 'exoscale', 'exoscale.toml'),
      EXOSCALE_ACCOUNT: 'other',
      EXOSCALE_KEY: 'EXOother',
      CLOUDSTACK_SECRET: 'other',
      EXOSCALE_ZONE: 'ch-dk-2',
      EXOSCALE_API_ENDPOINT: 'http://127.0.0.1:1/v2',
      EXOSCALE_TRACE: '1',
    },
  });
  return {
    world,
    keysAsked,
    exo: { run: async (args, options) => await exo.run(args, { signal, ...options }) },
    left: async () => await readdir(workFolder),
  };
}
