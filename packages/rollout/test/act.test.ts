import { expect, test } from 'vitest';
import { act } from '../src/act.ts';
import { type Memory, startMemory } from '../src/memory.ts';
import type { Observation } from '../src/pool.ts';
import type { RolloutRecord } from '../src/record.ts';
import type { Session } from '../src/session.ts';
import type { Decision, Situation } from '../src/situation.ts';
import { createManualClock } from '../src/testing.ts';

const clock = createManualClock();
const session = { spec: { clock, gate: { intervalMs: 5_000 } } } as unknown as Session;
const start = startMemory({} as RolloutRecord, { members: [] } as unknown as Observation, 0);

/** One turn of the loop: a second to look, then the wait. */
async function wait(memory: Memory, isPatient: boolean): Promise<Memory> {
  await clock.sleep(1_000);
  const now = { at: clock.now(), ms: clock.monotonicMs() };
  const decision: Decision = { action: { type: 'wait', isPatient }, reason: 'test' };
  const step = await act(session, { memory, now } as unknown as Situation, decision);
  return step.kind === 'on' ? step.memory : memory;
}

test('act() takes intended waiting off the lack of progress, the looking in between included', async () => {
  let memory: Memory = start;
  const lackMs = (): number => clock.monotonicMs() - memory.progressMs;
  memory = await wait(memory, false);
  expect(lackMs()).toBe(6_000);
  memory = await wait(memory, true);
  memory = await wait(memory, true);
  // The second look only; the first came before any patience.
  expect(lackMs()).toBe(7_000);
  memory = await wait(memory, false);
  memory = await wait(memory, true);
  expect(lackMs()).toBe(14_000);
});
