import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createExoscale } from '@exoship/exoscale-api';
import type { Sandbox } from '@exoship/sandbox';
import { parse, stringify } from 'yaml';
import { makeWorld } from '../../demo/world.ts';
import { type Ci, demoConfig, openCi } from '../../harness/open-ci.ts';
import { type Ground, openGround } from './ground.ts';
import { type Artifact, LEASE_MS, POOL_SIZE, type StrategyName } from './settings.ts';
import { openWriteBook } from './writes.ts';

const SERVING_MS = 120_000;

/** One sandbox with two tested templates, and a pool for each of those who prove something in it. */
export interface Stage extends AsyncDisposable {
  openGround(number: number): Promise<Ground>;
}

export async function openStage(seed: number): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const book = openWriteBook(() => ci.sandbox.adminCredentials.key);
  const quotas = { template: -1, instance: -1, 'network-load-balancer': -1, 'iam-key': -1 };
  const ci: Ci = opened.use(
    await openCi({
      seed,
      quotas,
      minimumCheckSeconds: { interval: 1, timeout: 1 },
      onApiCall: (exchange) => book.note(exchange),
    }),
  );
  const configs = {
    double: await writeConfig(ci, 'double', {}),
    canary: await writeConfig(ci, 'canary', { strategy: { kind: 'canary' } }),
    slow: await writeConfig(ci, 'slow', { bakeTime: `${LEASE_MS}ms` }),
  };
  const artifacts = [await makeArtifact(ci, 'a'), await makeArtifact(ci, 'b')] as const;
  const everything = opened.move();
  return {
    openGround: async (number) => {
      const name = `pool-${number}`;
      const world = await makeWorld(ownerOf(ci.sandbox), {
        name,
        templateId: artifacts[0].templateId,
        poolSize: POOL_SIZE,
        appPort: ci.appPort,
        sandbox: ci.sandbox,
        signal: AbortSignal.timeout(SERVING_MS),
        check: { intervalMs: 1_000, timeoutMs: 1_000 },
      });
      return openGround({ ci, name, world, artifacts, configs, book });
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

function ownerOf({ zone, apiEndpoint, adminCredentials }: Sandbox) {
  return createExoscale({ zone, endpoint: apiEndpoint, credentials: () => adminCredentials });
}

/** The demo's, with shorter waits and the lease of this proof. */
async function writeConfig(ci: Ci, name: StrategyName, changes: object): Promise<string> {
  const config = parse(await readFile(demoConfig, 'utf8'));
  Object.assign(config.apps.hello.deploy, {
    strategy: { kind: 'double' },
    gate: { successes: 2, interval: '300ms', minHealthyTime: '600ms' },
    drain: { kind: 'stop', lameDuck: '15s', inFlightGrace: '1s' },
    deadlines: { healthy: '60s', progress: '2m' },
    lease: `${LEASE_MS}ms`,
    ...changes,
  });
  const file = join(ci.folder, `${name}.yaml`);
  await writeFile(file, stringify(config));
  return file;
}

async function makeArtifact(ci: Ci, name: string): Promise<Artifact> {
  const file = join(ci.folder, `${name}.json`);
  const env = { CI_COMMIT_SHA: Buffer.from(name.repeat(20)).toString('hex') };
  for (const command of ['build', 'test']) {
    const { exitCode, stderr } = await ci.run([command, '--artifact', file], env);
    if (exitCode !== 0) throw new RangeError(`ci-cli ${command} exited ${exitCode}:\n${stderr}`);
  }
  const { templateId } = JSON.parse(await readFile(file, 'utf8')) as { templateId: string };
  return { file, templateId };
}
