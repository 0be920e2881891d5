import { type Cloud, createCloud } from '../model/cloud.ts';
import type { CloudOptions } from '../model/cloud-options.ts';
import type { Behaviour } from './behaviour.ts';
import { createSimulatedGuests, type SimulatedGuests } from './simulated-guests.ts';
import { createSimulatedImages } from './simulated-images.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

export interface SimulatedCloud {
  readonly cloud: Cloud;
  readonly time: VirtualTime;
  readonly guests: SimulatedGuests;
}

export interface SimulatedCloudOptions
  extends Partial<Omit<CloudOptions, 'scheduler' | 'body' | 'prober'>> {
  readonly startAt?: Date | undefined;
  /** For templates whose image says nothing. */
  readonly behaviour?: Behaviour | undefined;
}

/** Face 1: the whole cloud in memory, in virtual time. */
export function createSimulatedCloud(options: SimulatedCloudOptions = {}): SimulatedCloud {
  const { startAt, behaviour, ...rest } = options;
  const seed = rest.seed ?? 'exoship';
  const time = createVirtualTime({ startAt });
  const { scheduler } = time;
  const guests = createSimulatedGuests({ scheduler, seed, behaviour });
  const cloud = createCloud({
    images: createSimulatedImages(),
    admin: { key: 'EXOadmin', secret: 'admin-secret' },
    ...rest,
    seed,
    scheduler,
    body: guests.body,
    prober: guests.prober,
  });
  return { cloud, time, guests };
}
