import type { Switches } from '@exoship/sandbox';
import { stopOf } from '../calls.ts';
import { type Experiment, observed, unobservable } from '../experiment.ts';
import type { GuestKind } from '../ground.ts';
import type { Lab } from '../lab.ts';

/** A guest that takes its time when asked, beside one that does not: only a cloud that asks takes longer for it. */
export const stopIsAcpi: Experiment<Switches['stopIsAcpi']> = {
  name: 'stop-is-acpi',
  question: 'Does :stop press the power button, or pull the plug?',
  needs: () => ({ instances: 2, atOnce: 2, balancers: 0, minutes: 20 }),
  async run(lab) {
    const plainMs = await timeStop(lab, 'web');
    const lingeringMs = await timeStop(lab, 'lingering');
    const { lingerMs } = lab.pace;
    lab.note(
      `stopped after ${seconds(plainMs)} s, and ${seconds(lingeringMs)} s where the guest takes ${seconds(lingerMs)} s`,
    );
    if (plainMs >= lingerMs) {
      return unobservable('A plain guest takes as long to stop as one that lingers');
    }
    return observed(lingeringMs - plainMs > lingerMs / 2, { samples: 2 });
  },
};

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

async function timeStop(lab: Lab, guest: GuestKind): Promise<number> {
  const id = await lab.createInstance(guest, guest);
  await lab.sleep(lab.pace.settleMs);
  const startedMs = lab.nowMs();
  await lab.must(stopOf(id));
  await lab.expect('the instance to be stopped', async () => {
    const { state } = await lab.exoscale.instances.get(id, { signal: lab.signal });
    return state === 'stopped' ? true : undefined;
  });
  return lab.nowMs() - startedMs;
}
