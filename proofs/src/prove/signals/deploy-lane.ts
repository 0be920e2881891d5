import { makeWorld, type World } from '../../demo/world.ts';
import { type FailedRequest, type Load, startLoad } from '../../load/load.ts';
import type { Lane } from './lane.ts';
import { openLane } from './lane.ts';
import type { Lengths } from './lengths.ts';
import { runLine } from './run-line.ts';
import {
  buildScene,
  deployScene,
  freshCommit,
  readArtifactText,
  testScene,
  writeArtifactText,
} from './scenes.ts';

export const POOL_SIZE = 3;
const RATE_PER_SECOND = 10;

/** A pool that serves under load, and two tested templates to send it from one to the other and back. */
export interface DeployLane extends AsyncDisposable {
  readonly lane: Lane;
  readonly world: World;
  readonly artifacts: readonly [string, string];
  /** As last seen: they change with what else the machine does. */
  readonly lengths: { deploy: Lengths };
  /** Requests without a right answer since the last call. */
  takeFailures(): readonly FailedRequest[];
}

export async function openDeployLane(seed: number): Promise<DeployLane> {
  await using opened = new AsyncDisposableStack();
  const quotas = { template: -1, instance: 4 * POOL_SIZE + 2 };
  const lane = opened.use(await openLane({ seed, quotas }));
  const artifacts = await Promise.all([testedArtifact(lane), testedArtifact(lane)]);
  const world = await makeWorld(lane.owner, {
    templateId: templateIdOf(artifacts[0]),
    poolSize: POOL_SIZE,
    appPort: lane.ci.appPort,
    sandbox: lane.ci.sandbox,
    signal: AbortSignal.timeout(120_000),
  });
  const load = opened.adopt(openLoad(lane, world), async (running) => {
    await running.stop();
  });
  await using job = await lane.openJob();
  await writeArtifactText(job, artifacts[1]);
  const deploy = await runLine(lane, job, deployScene.argv({ isStubborn: false }));
  const everything = opened.move();
  let taken = 0;
  return {
    lane,
    world,
    artifacts,
    lengths: { deploy },
    takeFailures: () => {
      const fresh = load.read().failed.slice(taken);
      taken += fresh.length;
      return fresh;
    },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

export function templateIdOf(artifact: string): string {
  return (JSON.parse(artifact) as { templateId: string }).templateId;
}

async function testedArtifact(lane: Lane): Promise<string> {
  await using job = await lane.openJob(freshCommit());
  await runLine(lane, job, buildScene.argv({ isStubborn: false }));
  await runLine(lane, job, testScene.argv({ isStubborn: false }));
  return await readArtifactText(job);
}

function openLoad({ ci }: Lane, { address, port, serviceId }: World): Load {
  return startLoad({
    target: { host: address, port },
    ratePerSecond: RATE_PER_SECOND,
    body: 'Hello, World!',
    memberOf: (localPort) => ci.sandbox.balancers.get(serviceId)?.memberOf(localPort),
    maxDurationMs: Number.POSITIVE_INFINITY,
  });
}
