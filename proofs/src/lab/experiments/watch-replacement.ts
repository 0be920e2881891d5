import type { Finding } from '../experiment.ts';
import { observed } from '../experiment.ts';
import type { Lab } from '../lab.ts';

/** Watches whether a member comes that was not there; "no" holds for as long as was watched. */
export async function watchReplacement(
  lab: Lab,
  poolId: string,
  known: readonly string[],
): Promise<Finding<boolean>> {
  const startedMs = lab.nowMs();
  const replacement = await lab.look(
    async () => (await lab.members(poolId)).find(({ id }) => !known.includes(id)),
    lab.pace.watchMs,
  );
  const seconds = Math.round((lab.nowMs() - startedMs) / 1000);
  const { size, state } = await lab.pool(poolId);
  lab.note(
    replacement === undefined
      ? `no new member within ${seconds} s; the pool is "${state}", of size ${size}`
      : `a new member after ${seconds} s`,
  );
  return observed(replacement !== undefined);
}
