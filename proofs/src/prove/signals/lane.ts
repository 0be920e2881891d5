import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import type { SandboxOptions } from '@exoship/sandbox';
import { type Ci, openCi } from '../../harness/open-ci.ts';
import type { Moment } from './draw-blows.ts';
import { leakedSecrets } from './leaked-secrets.ts';
import type { Line } from './strike.ts';
import { openVaultTap } from './vault-tap.ts';

/** A sandbox of its own, so that what is left in it was left by the one line that runs in it. */
export interface Lane extends AsyncDisposable {
  readonly ci: Ci;
  /** The cloud as its owner sees it. */
  readonly owner: Exoscale;
  /** A checkout with an empty TMPDIR of its own. */
  openJob(env?: Readonly<Record<string, string>>): Promise<LaneJob>;
  /** Calls `act` at once when it happens, counted from now; disposing forgets it. */
  when(moment: Happening, act: () => void): Disposable;
  /** Which secrets of this lane show in a text, by kind. */
  leaksIn(text: string): readonly string[];
}

export type Happening = Exclude<Moment, { kind: 'share' }>;

export interface LaneJob extends AsyncDisposable {
  readonly folder: string;
  /** In the environment of every process of the job that inherits anything. */
  readonly marker: string;
  line(argv: readonly string[]): Line;
  leftFiles(): Promise<readonly string[]>;
  /** Everything that lies in its folders. */
  readFiles(): Promise<string>;
}

const countedEvents: readonly string[] = [
  'key-created',
  'key-deleted',
  'operation-started',
  'operation-done',
];

export async function openLane(options: SandboxOptions): Promise<Lane> {
  await using opened = new AsyncDisposableStack();
  const ci = opened.use(await openCi(options));
  const { sandbox } = ci;
  const tap = opened.use(await openVaultTap(sandbox.vaultAddress));
  const owner = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  const everything = opened.move();
  return {
    ci,
    owner,
    openJob: async (env = {}) => await openJob(ci, { ...env, VAULT_ADDR: tap.address }),
    when: ({ kind, number }, act) => {
      let seen = 0;
      const count = (): void => {
        seen += 1;
        if (seen === number) act();
      };
      const forget =
        kind === 'event'
          ? sandbox.cloud.subscribe(({ type }) => {
              if (countedEvents.includes(type)) count();
            })
          : tap.subscribe((what) => {
              if (what === kind) count();
            });
      return { [Symbol.dispose]: forget };
    },
    leaksIn: (text) => {
      const broker = sandbox.brokerToken.reveal();
      return leakedSecrets(text, new Map([...tap.secrets, [broker, 'broker token']]));
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

async function openJob(ci: Ci, env: Readonly<Record<string, string>>): Promise<LaneJob> {
  const folder = await mkdtemp(join(ci.folder, 'job-'));
  const temporary = await mkdtemp(join(tmpdir(), 'xj-'));
  return {
    folder,
    marker: basename(temporary),
    line: (argv) => ({ argv, cwd: folder, env: ci.env({ ...env, TMPDIR: temporary }) }),
    leftFiles: async () => await readdir(temporary),
    readFiles: async () => (await Promise.all([folder, temporary].map(readAll))).join('\n'),
    [Symbol.asyncDispose]: async () => {
      for (const one of [folder, temporary]) await rm(one, { recursive: true, force: true });
    },
  };
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}
