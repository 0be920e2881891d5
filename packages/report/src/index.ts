// Functions

// Rollouts
export { parseRolloutEvents, type RolloutEvent } from './rollout/rollout-event.ts';
export { toRolloutHtml } from './rollout/to-rollout-html.ts';
// Tests
export type { TestCase, TestSuite } from './test-suite.ts';
export { toJUnit } from './to-junit.ts';
export { toTap } from './to-tap.ts';
