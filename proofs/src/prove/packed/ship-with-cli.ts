import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Consumer, Run } from './consumer.ts';
import { openServingPool } from './serving-pool.ts';

export interface Session {
  readonly consumer: Consumer;
  /** `exoship.yaml` and the commands, as the README has them. */
  readonly yaml: string;
  readonly sh: string;
  /** What the sandbox told to export, with a key that may do everything. */
  readonly env: Readonly<Record<string, string>>;
  readonly appPort: number;
  readonly signal: AbortSignal;
}

export interface Shipped {
  readonly run: Run;
  readonly faults: readonly string[];
}

/** Follows the README of ci-cli: a pool of one version is there, and its commands replace it by another. */
export async function shipWithCli(session: Session): Promise<Shipped> {
  const { consumer, yaml, sh, appPort, signal } = session;
  const folder = join(consumer.folder, 'app');
  await mkdir(folder, { recursive: true });
  await writeFile(join(consumer.folder, 'exoship.yaml'), yaml);
  await writeApp(folder, 'one', appPort);
  const before = await runShell(session, 'one', 'ci-cli build');
  if (before.exitCode !== 0) return { run: before, faults: ['the first build failed'] };
  const templateId = await builtTemplate(consumer);
  const pool = await openServingPool({ env: session.env, templateId, port: appPort, signal });

  await writeApp(folder, 'two', appPort);
  const run = await runShell(session, 'two', sh);
  if (run.exitCode !== 0) return { run, faults: [] };
  const target = await builtTemplate(consumer);
  const running = await pool.templatesRunning();
  const faults = running.every((id) => id === target)
    ? []
    : [`the members run ${running.join(', ')} instead of ${target}`];
  return { run, faults };
}

/** The whole program: what instances of the sandbox run is a tarball with a manifest. */
async function writeApp(folder: string, version: string, port: number): Promise<void> {
  const manifest = { start: ['node', 'server.mjs'], port, version };
  await writeFile(join(folder, 'exoship-bundle.json'), JSON.stringify(manifest));
  await writeFile(
    join(folder, 'server.mjs'),
    `import { createServer } from 'node:http';
let isLeaving = false;
const server = createServer((request, response) => {
  response.writeHead(isLeaving && request.url === '/healthz' ? 503 : 200).end('version ${version}');
});
process.on('SIGTERM', () => {
  isLeaving = true;
  setTimeout(() => process.exit(0), 15_000);
});
server.listen(Number(process.env.PORT), process.env.HOST);
`,
  );
}

/** As a CI job's script: stops at the first command that fails. */
function runShell(session: Session, commit: string, script: string): Promise<Run> {
  const { consumer, appPort, signal } = session;
  const { EXOSCALE_API_KEY: _key, EXOSCALE_API_SECRET: _secret, ...env } = session.env;
  const bins = join(consumer.folder, 'node_modules/.bin');
  return consumer.run(['bash', '-ec', script], {
    env: {
      ...env,
      PATH: `${bins}:${consumer.path}`,
      CI: 'true',
      CI_COMMIT_SHA: Buffer.from(commit.padEnd(20)).toString('hex'),
      EXOSHIP_PORT: String(appPort),
    },
    signal,
  });
}

async function builtTemplate(consumer: Consumer): Promise<string> {
  const text = await readFile(join(consumer.folder, 'exoship-artifact.json'), 'utf8');
  return (JSON.parse(text) as { templateId: string }).templateId;
}
