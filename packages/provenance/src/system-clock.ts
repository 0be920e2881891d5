import type { Clock } from './clock.ts';

/** The wall's clock: the default of every function that takes one. */
export const systemClock: Clock = { now: () => new Date() };
