import type { Wire } from '../../simulation/wire.ts';
import type { World } from '../../simulation/world.ts';

/** What every contender that knows of such things keeps to. */
export interface Policy {
  /** Consecutive passes that prove a member. */
  readonly k: number;
  /** How long it must hold. */
  readonly holdMs: number;
  /** How long a drained member goes on accepting before it goes. */
  readonly drainMs: number;
  readonly pollMs: number;
}

export interface Stage {
  readonly world: World;
  readonly wire: Wire;
  readonly policy: Policy;
  /** The contender knows now that this member can be relied on. */
  readonly prove: (instanceId: string) => void;
}

/** One way of replacing a pool's members; resolves when it believes to be done. */
export interface Contender {
  readonly name: string;
  readonly strategy: string;
  /** Whether it knows when a new member is good; the others are credited with what the cloud knows. */
  readonly isGated: boolean;
  run(stage: Stage): Promise<void>;
}
