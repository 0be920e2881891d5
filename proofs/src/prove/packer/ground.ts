import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ci, openCi } from '../../harness/open-ci.ts';
import { listObjects } from '../signals/list-objects.ts';
import type { Line } from '../signals/strike.ts';
import type { Tools } from './tools.ts';

export const templates: string = fileURLToPath(new URL('templates/', import.meta.url));

/** Lines of `build:` for the templates here. */
export const outVariable: string = '      variables: { out: "$' + '{artifact}" }\n';

/** A sandbox of its own in which one job builds after the other. */
export interface Ground extends AsyncDisposable {
  readonly ci: Ci;
  readonly tools: Tools;
  openJob(change?: JobChange): Promise<BuildJob>;
  objects(): Promise<readonly string[]>;
}

export interface JobChange {
  /** A file of `templates/`. @default 'tiny.pkr.hcl' */
  readonly template?: string;
  /** Lines of `build:` in exoship.yaml, besides the usual. */
  readonly build?: string;
  /** Lines of `machine:`; `null` for a template that makes no disk. */
  readonly machine?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly temporary?: string;
}

/** A checkout with an empty TMPDIR of its own. */
export interface BuildJob extends AsyncDisposable {
  readonly folder: string;
  readonly temporary: string;
  /** In the environment of every process of the job that inherits anything. */
  readonly marker: string;
  line(argv: readonly string[], env?: Readonly<Record<string, string>>): Line;
  /** What lies in TMPDIR. */
  leftFiles(): Promise<readonly string[]>;
}

export async function openGround(seed: number, tools: Tools): Promise<Ground> {
  const latencies = { operationMs: 50, templateMs: 300 };
  const ci = await openCi({ seed, latencies, quotas: { template: 500 } });
  return {
    ci,
    tools,
    openJob: async (change = {}) => await openJob(ci, tools, change),
    objects: async () => await listObjects(ci.sandbox),
    [Symbol.asyncDispose]: () => ci[Symbol.asyncDispose](),
  };
}

async function openJob(ci: Ci, tools: Tools, change: JobChange): Promise<BuildJob> {
  const folder = await mkdtemp(join(ci.folder, 'job-'));
  const temporary = change.temporary ?? (await mkdtemp(join(tmpdir(), 'xp-')));
  const { template = 'tiny.pkr.hcl' } = change;
  await copyFile(join(templates, template), join(folder, template));
  await writeFile(join(folder, 'exoship.yaml'), configOf(template, change));
  return {
    folder,
    temporary,
    marker: basename(temporary),
    line: (argv, env = {}) => ({
      argv,
      cwd: folder,
      env: ci.env({
        PATH: tools.path,
        TMPDIR: temporary,
        EXOSHIP_CONFIG: join(folder, 'exoship.yaml'),
        EXOSHIP_PORT: '8080',
        // A commit of its own, so that no job finds another one's template.
        CI_COMMIT_SHA: randomBytes(20).toString('hex'),
        ...change.env,
        ...env,
      }),
    }),
    leftFiles: async () => await readdir(temporary),
    [Symbol.asyncDispose]: async () => {
      for (const one of [folder, temporary]) await rm(one, { recursive: true, force: true });
    },
  };
}

function configOf(template: string, { build = '', machine = '' }: JobChange): string {
  const disk = `      machine: { user: root, memory: 256${machine === '' ? '' : `, ${machine}`} }\n`;
  return `version: 1
apps:
  tiny:
    build:
      packerTemplate: ${template}
      artifact: image/tiny-\${version}.qcow2
      inputs: ["*.hcl", "*.yaml"]
      bucket: exoship-templates
${machine === null ? '' : disk}${build}
    test:
      instanceType: standard.tiny
      port: 8080
      checks: [{ name: greeting, path: /, status: 200, contains: "Hello, World!" }]
    deploy: { strategy: { kind: auto } }
environments:
  sandbox:
    zone: ch-gva-2
    pool: tiny-app
    vault:
      appRole: gitlab-ci-runner
      roles: { build: exoship-build, test: exoship-test, deploy: exoship-deploy }
`;
}

/** The text of every file below a folder, one after the other. */
export async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) =>
    readFile(join(parentPath, name), 'latin1').catch(() => ''),
  );
  return (await Promise.all(texts)).join('\n');
}
