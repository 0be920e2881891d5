import type { Lane } from './lane.ts';
import { openLane } from './lane.ts';
import type { Lengths } from './lengths.ts';
import { runLine } from './run-line.ts';
import { buildScene, execScene, freshCommit, readArtifactText, testScene } from './scenes.ts';

/** A lane in which everything that `build`, `test` and `exec` need is there. */
export interface QuickLane extends AsyncDisposable {
  readonly lane: Lane;
  /** Of a template that is registered and untested. */
  readonly artifact: string;
  /** As last seen: they change with what else the machine does. */
  readonly lengths: Record<'build' | 'test' | 'exec', Lengths>;
}

export async function openQuickLane(seed: number): Promise<QuickLane> {
  await using opened = new AsyncDisposableStack();
  const lane = opened.use(await openLane({ seed, quotas: { template: -1, instance: 50 } }));
  await using job = await lane.openJob(freshCommit());
  const build = await runLine(lane, job, buildScene.argv({ isStubborn: false }));
  const artifact = await readArtifactText(job);
  const test = await runLine(lane, job, testScene.argv({ isStubborn: false }));
  const exec = await runLine(lane, job, execScene.argv({ isStubborn: false }));
  const everything = opened.move();
  return {
    lane,
    artifact,
    lengths: { build, test, exec },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
