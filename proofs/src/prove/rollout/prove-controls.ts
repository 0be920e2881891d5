import type { Control } from '@exoship/rollout';
import { createWorld } from '../../simulation/world.ts';
import { type Sabotage, startController, type Theatre } from './controller.ts';
import type { Docket } from './docket.ts';
import { createMonitor } from './monitor.ts';
import { quiet, type Scenario } from './scenario.ts';
import { createTally, type Tally } from './tally.ts';

const controls: readonly Control[] = ['resume', 'approve', 'pause', 'abort', 'rollback', 'unlock'];

/** S11: every control, before any rollout and after one. */
export async function proveControls(docket: Docket, seed: number): Promise<void> {
  const tally = createTally();
  await checkControls(tally, `controls-${seed}`);
  docket.absorb(tally);
  const scenario = controlScenario(`controls-${seed}`);
  if (tally.violations.length > 0) docket.record('controls', { scenario }, tally.violations);
}

function controlScenario(seed: string): Scenario {
  return { ...quiet, seed, size: 2, quota: 4, strategy: { kind: 'double' } };
}

export async function checkControls(
  tally: Tally,
  seed: string,
  sabotage?: Sabotage,
): Promise<void> {
  const scenario = controlScenario(seed);
  const world = await createWorld({ seed, size: scenario.size, bootMedianMs: 20_000 });
  const monitor = createMonitor(world, scenario, createTally());
  const theatre: Theatre = { world, scenario, monitor, sabotage, isCalm: true, started: 0 };
  for (const when of ['before', 'after'] as const) {
    for (const control of controls) {
      const { result } = startController(theatre, { control }, { isExclusive: true });
      const { outcome, mutations } = await world.time.drive(result);
      const sent = monitor.witnesses.at(-1)?.deeds ?? 0;
      tally.check(
        'S11',
        outcome === 'unchanged' && mutations === 0 && sent === 0,
        () => `${control} ${when} a rollout: ${outcome}, ${mutations} changes told, ${sent} sent`,
      );
    }
    const { result } = startController(theatre, { template: world.to }, { isExclusive: true });
    await world.time.drive(result);
  }
  world.cloud.close();
}
