import { assertCount, assertDuration, assertKnownKeys, assertPort } from './assert-options.ts';
import { assertChecks } from './check.ts';
import { nodeTransport } from './node-transport.ts';
import type {
  SmokeTestOptions,
  StabilityWindow,
  TeardownLimits,
  WaitLimits,
} from './smoke-options.ts';
import { systemClock } from './system-clock.ts';

type Filled<T> = { readonly [Key in keyof T]-?: Exclude<T[Key], undefined> };
type Optional = 'tls' | 'onEvent' | 'signal';
type Groups = 'boot' | 'readiness' | 'stability' | 'teardown';

/** The options with every default filled in. */
export type SmokePlan = Filled<Omit<SmokeTestOptions, Optional | Groups>> &
  Pick<SmokeTestOptions, Optional> & {
    readonly boot: Filled<WaitLimits>;
    readonly readiness: Filled<WaitLimits>;
    readonly stability: Filled<StabilityWindow>;
    readonly teardown: Filled<TeardownLimits>;
  };

const WAIT: Filled<WaitLimits> = { timeoutMs: 300_000, intervalMs: 2_000 };
const STABILITY: Filled<StabilityWindow> = { windowMs: 10_000, rounds: 3 };
const TEARDOWN: Filled<TeardownLimits> = {
  timeoutMs: 60_000,
  cancelledTimeoutMs: 2_000,
  intervalMs: 1_000,
};

/** @throws TypeError or RangeError naming the option that cannot be used. */
export function planSmoke(options: SmokeTestOptions): SmokePlan {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('Missing options of smokeTest');
  }
  const plan: SmokePlan = {
    templateId: options.templateId,
    name: options.name,
    labels: options.labels ?? {},
    port: options.port,
    checks: options.checks,
    tls: options.tls,
    boot: fill('boot', options.boot, WAIT),
    readiness: fill('readiness', options.readiness, WAIT),
    stability: fill('stability', options.stability, STABILITY),
    teardown: fill('teardown', options.teardown, TEARDOWN),
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    transport: options.transport ?? nodeTransport,
    clock: options.clock ?? systemClock,
    onEvent: options.onEvent,
    signal: options.signal,
  };
  assertKnownKeys('smokeTest', options, Object.keys(plan));
  for (const name of ['templateId', 'name'] as const) {
    if (typeof plan[name] !== 'string') throw new TypeError(`"${name}" must be a text`);
    if (plan[name] === '') throw new TypeError(`"${name}" must not be empty`);
  }
  assertPort(plan.port);
  assertChecks(plan.checks);
  assertDuration('requestTimeoutMs', plan.requestTimeoutMs);
  return plan;
}

/** All members of a group are durations, except the count of rounds. */
function fill<Group extends object>(
  groupName: string,
  given: Group | undefined,
  defaults: Filled<Group>,
): Filled<Group> {
  assertKnownKeys(groupName, given ?? {}, Object.keys(defaults));
  const definedOnly = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  const filled = { ...defaults, ...Object.fromEntries(definedOnly) };
  for (const [name, value] of Object.entries(filled)) {
    const assert = name === 'rounds' ? assertCount : assertDuration;
    assert(`${groupName}.${name}`, value as number);
  }
  return filled;
}
