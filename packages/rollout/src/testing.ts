// Functions

// Types
export type { ManualClock } from './testing/manual-clock.ts';
export { createManualClock } from './testing/manual-clock.ts';
export { createMemoryPool } from './testing/memory-pool.ts';
export type {
  MemoryPool,
  MemoryPoolOptions,
  PoolCall,
  PoolFailure,
} from './testing/memory-pool-options.ts';
