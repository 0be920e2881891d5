import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { chooseAppPort } from '../../demo/app-port.ts';
import { binFaults } from './bin-faults.ts';
import { type Consumer, openConsumer, type Run } from './consumer.ts';
import { packPackage, type Tarball } from './pack-package.ts';
import { findPublishedPackages, type PublishedPackage, repository } from './published-packages.ts';
import { type Readme, readReadme } from './readme.ts';
import { type PackedReport, type Row, writeReport } from './report.ts';
import { runExample, typeFaults } from './run-example.ts';
import { type ServedSandbox, serveSandbox } from './serve-sandbox.ts';
import { shipWithCli } from './ship-with-cli.ts';

const WANTED_PORT = 8080;

/** A stranger's view: what `npm install` brings, under the oldest promised Node, does what each README says. */
export async function provePacked(
  argv: readonly string[],
  say: (line: string) => void,
): Promise<number> {
  if (argv.length > 0) throw new TypeError(`prove packed takes no arguments: got "${argv[0]}"`);
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interrupted.abort(new Error(`Interrupted by ${name}`)));
  }
  const { signal } = interrupted;
  const packages = await findPublishedPackages();
  const [nodeFloor = '', ...others] = new Set(packages.map((one) => one.nodeFloor));
  if (others.length > 0) throw new RangeError(`Packages differ in "engines": ${others.join(', ')}`);
  const folder = await mkdtemp(join(tmpdir(), 'exoship-packed-'));
  try {
    say(`building and packing ${packages.length} packages`);
    await execa('pnpm', ['run', 'build'], { cwd: repository, cancelSignal: signal });
    const tarballs: Tarball[] = [];
    for (const one of packages) tarballs.push(await packPackage(one, folder, signal));
    say(`installing the tarballs with npm, under Node ${nodeFloor}`);
    const consumer = await openConsumer(folder, tarballs, nodeFloor, signal);

    const appPort = await chooseAppPort(WANTED_PORT);
    await using sandbox = await serveSandbox(consumer, appPort, signal);
    const rows: Row[] = [];
    const examples: { name: string; code: string }[] = [];
    for (const one of packages) {
      const text = await readFile(join(one.folder, 'README.md'), 'utf8').catch(() => '');
      const readme = readReadme(text, one.name, one.bins.length > 0);
      if (readme.example !== undefined && one.bins.length === 0) {
        examples.push({ name: one.name, code: readme.example });
      }
      say(`${one.name}: its example`);
      const tarball = tarballs.find(({ name }) => name === one.name);
      const stage = { consumer, sandbox, appPort, signal };
      rows.push(await proveOne(one, { tarball, readme, stage }));
    }
    const shared = [...consumer.faults, ...(await typeFaults(consumer, examples, signal))];
    const report: PackedReport = { node: nodeFloor, rows, shared };
    return await writeReport(report, say);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Stage {
  readonly consumer: Consumer;
  readonly sandbox: ServedSandbox;
  readonly appPort: number;
  readonly signal: AbortSignal;
}

interface Exhibit {
  readonly tarball: Tarball | undefined;
  readonly readme: Readme;
  readonly stage: Stage;
}

async function proveOne(one: PublishedPackage, { tarball, readme, stage }: Exhibit): Promise<Row> {
  const { consumer, sandbox, signal } = stage;
  const faults = [...(tarball?.faults ?? []), ...readme.faults];
  faults.push(...(await binFaults(consumer, one, signal)));
  let run: Run | undefined;
  if (one.bins.length > 0 && readme.session !== undefined) {
    const shipped = await shipWithCli({ ...readme.session, ...stage, env: sandbox.env });
    run = shipped.run;
    faults.push(...shipped.faults);
  } else if (readme.example !== undefined) {
    run = await runExample(consumer, { name: one.name, code: readme.example }, sandbox.env, signal);
  }
  if (run === undefined) faults.push('no example was run');
  else faults.push(...exampleFaults(run, sandbox.env));
  const packed =
    tarball === undefined ? undefined : { bytes: tarball.bytes, files: tarball.files.length };
  return { name: one.name, packed, example: run, faults };
}

/** It ends well, says something, and gives no secret away. */
function exampleFaults(
  { exitCode, output }: Run,
  env: Readonly<Record<string, string>>,
): readonly string[] {
  const faults: string[] = [];
  if (exitCode !== 0) faults.push(`the example ends with exit code ${exitCode}`);
  for (const name of ['VAULT_TOKEN', 'EXOSCALE_API_SECRET']) {
    const secret = env[name];
    if (secret !== undefined && output.includes(secret)) faults.push(`the example prints ${name}`);
  }
  return faults;
}
