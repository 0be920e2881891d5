import type { Stage } from './contender.ts';

/** Resolves at the event after which `isSo` holds: perfect knowledge, at no cost. */
export async function until({ world }: Stage, isSo: () => boolean): Promise<void> {
  if (isSo()) return;
  await new Promise<void>((resolve) => {
    const stop = world.cloud.subscribe(() => {
      if (!isSo()) return;
      stop();
      resolve();
    });
  });
}

type Operation = ReturnType<Stage['world']['cloud']['operations']['get']>;

/** Sends a change; resolves when it is done, however it ended. */
export async function carryOut(
  stage: Stage,
  operation: string,
  start: () => Operation,
): Promise<void> {
  const { cloud } = stage.world;
  const { id } = await stage.wire({ operation, kind: 'mutation' }, start);
  await until(stage, () => cloud.operations.get(id).state !== 'pending');
}
