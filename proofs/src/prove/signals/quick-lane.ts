import type { Lane } from './lane.ts';
import { openLane } from './lane.ts';
import { runLine } from './run-line.ts';
import {
  buildScene,
  execScene,
  freshCommit,
  readArtifactText,
  testScene,
  writeArtifactText,
} from './scenes.ts';

/** A lane in which everything that `build`, `test` and `exec` need is there. */
export interface QuickLane extends AsyncDisposable {
  readonly lane: Lane;
  /** Of a template that is registered and untested. */
  readonly artifact: string;
  /** Normal lengths, as last seen: they change with what else the machine does. */
  readonly lengthMs: Record<'build' | 'test' | 'exec', number>;
}

export async function openQuickLane(seed: number): Promise<QuickLane> {
  await using opened = new AsyncDisposableStack();
  const lane = opened.use(await openLane({ seed, quotas: { template: -1, instance: 50 } }));
  await using job = await lane.openJob(freshCommit());
  const build = await runLine(job, buildScene.argv({ isStubborn: false }));
  const artifact = await readArtifactText(job);
  await writeArtifactText(job, artifact);
  const test = await runLine(job, testScene.argv({ isStubborn: false }));
  const exec = await runLine(job, execScene.argv({ isStubborn: false }));
  const everything = opened.move();
  return {
    lane,
    artifact,
    lengthMs: { build: build.durationMs, test: test.durationMs, exec: exec.durationMs },
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}
