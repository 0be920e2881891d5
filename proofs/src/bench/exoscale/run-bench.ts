import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { createExoscale } from '@exoship/exoscale-api';
import { execa } from 'execa';
import { findTools } from '../../real/find-tools.ts';
import { table } from '../../table.ts';
import type { BenchContext } from '../rollout/run-bench.ts';
import { startCannedApi } from './canned-api.ts';
import { type Timing, takeTurns } from './measure.ts';

const rounds = 10;
const calls = 200;
const exoCalls = 5;
const credentials = { key: 'EXObench', secret: { reveal: () => 'bench-secret' } };

/** What a call costs: by the client, by bare `fetch`, and by `exo` where it is; all ask the same server the same. */
export async function runExoscaleBench({ say, signal, file }: BenchContext): Promise<number> {
  await using api = await startCannedApi();
  const exoscale = createExoscale({
    zone: 'ch-gva-2',
    endpoint: api.endpoint,
    credentials: () => credentials,
  });
  const url = `${api.endpoint}/instance-type`;
  const timings = await takeTurns(
    [
      { name: 'bare fetch', call: async () => await (await fetch(url, { signal })).json() },
      { name: 'client', call: async () => await exoscale.instanceTypes.list({ signal }) },
    ],
    { rounds, calls, signal },
  );
  const { exo } = await findTools(process.env, signal);
  const byExo = exo.file === undefined ? undefined : await timeExo(exo.file, api.endpoint, signal);
  const all = new Map([...timings, ...(byExo === undefined ? [] : ([['exo', byExo]] as const))]);
  const bare = timings.get('bare fetch')?.medianMicroseconds ?? Number.NaN;
  const client = timings.get('client')?.medianMicroseconds ?? Number.NaN;
  const ratios = {
    clientToBareFetch: round(client / bare),
    addedMicroseconds: client - bare,
    exoToClient: byExo === undefined ? null : round(byExo.medianMicroseconds / client),
  };
  for (const line of table([
    ['', 'calls', 'median', 'calls/s'],
    ...[...all].map(([name, timing]) => rowOf(name, timing)),
  ])) {
    say(line);
  }
  say(
    `client / bare fetch: ${ratios.clientToBareFetch}, ${ratios.addedMicroseconds} µs more a call`,
  );
  say(byExo === undefined ? `exo: ${exo.detail}` : `exo / client: ${ratios.exoToClient}`);
  await mkdir(dirname(file), { recursive: true });
  const report = { schema: 1, timings: Object.fromEntries(all), ratios };
  await writeFile(file, `${JSON.stringify(report, undefined, 2)}\n`);
  return 0;
}

async function timeExo(binary: string, endpoint: string, signal: AbortSignal): Promise<Timing> {
  const env = {
    HOME: tmpdir(),
    EXOSCALE_API_KEY: credentials.key,
    EXOSCALE_API_SECRET: credentials.secret.reveal(),
    EXOSCALE_API_ENDPOINT: endpoint,
  };
  const list = ['compute', 'instance-type', 'list', '-O', 'json'];
  const call = () =>
    execa(binary, list, { env, extendEnv: false, cwd: tmpdir(), cancelSignal: signal });
  const timings = await takeTurns([{ name: 'exo', call }], { rounds: exoCalls, calls: 1, signal });
  return timings.get('exo') as Timing;
}

function rowOf(name: string, timing: Timing): readonly string[] {
  const { calls: made, medianMicroseconds, callsPerSecond } = timing;
  return [name, String(made), `${medianMicroseconds} µs`, String(callsPerSecond)];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
