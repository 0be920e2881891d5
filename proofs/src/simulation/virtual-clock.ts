import type { VirtualTime } from '@exoship/sandbox';

export type VirtualClock = VirtualTime['clock'];
