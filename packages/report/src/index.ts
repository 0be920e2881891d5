export type { TestCase, TestSuite } from './test-suite.ts';
export { toJUnit } from './to-junit.ts';
export { toTap } from './to-tap.ts';
