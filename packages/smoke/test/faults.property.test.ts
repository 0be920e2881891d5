import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CallOptions,
  type InstanceProvider,
  type SmokeEvent,
  smokeTest,
} from '../src/index.ts';
import { createFakeTransport } from './fake-transport.ts';
import { createManualClock } from './manual-clock.ts';
import { createMemoryProvider, type MemoryProvider } from './memory-provider.ts';

/** What happens to one call: its effect and its answer may be lost, each for itself. */
const fate = fc.constantFrom('ok', 'ok', 'refused', 'lost-before', 'lost-after');
type Fate = 'ok' | 'refused' | 'lost-before' | 'lost-after';

/** Every call meets the next fate; when they are used up the cloud is well again. */
function troubled(memory: MemoryProvider, fates: Fate[]): InstanceProvider {
  const meet = async <T>(call: () => Promise<T>): Promise<T> => {
    const next = fates.shift() ?? 'ok';
    if (next === 'refused') throw Object.assign(new Error('Refused'), { retryable: false });
    if (next === 'lost-before') throw Object.assign(new Error('Reset'), { retryable: true });
    const answer = await call();
    if (next === 'lost-after') throw Object.assign(new Error('Timed out'), { retryable: true });
    return answer;
  };
  return {
    create: (request, options?: CallOptions) => meet(() => memory.create(request, options)),
    get: (id, options) => meet(() => memory.get(id, options)),
    findByName: (name, options) => meet(() => memory.findByName(name, options)),
    delete: (id, options) => meet(() => memory.delete(id, options)),
  };
}

test('smokeTest() leaves no instance behind, whatever the cloud, the app and the job do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 12 }),
      fc.array(fc.constantFrom(200, 200, 503), { maxLength: 6 }),
      fc.option(fc.nat({ max: 12 }), { nil: undefined }),
      async (fates, statuses, cancelAtEvent) => {
        const memory = createMemoryProvider();
        const controller = new AbortController();
        const events: SmokeEvent[] = [];
        const outcome = await smokeTest(troubled(memory, [...fates]), {
          templateId: 'template-1',
          name: 'smoke-1',
          port: 8080,
          checks: [{ kind: 'http', path: '/' }],
          readiness: { timeoutMs: 10_000 },
          // After a cancel, too, there shall be time for all fates.
          teardown: { cancelledTimeoutMs: 60_000 },
          clock: createManualClock(),
          transport: createFakeTransport((count) => statuses[count - 1] ?? 200),
          signal: controller.signal,
          onEvent: (event) => {
            if (events.push(event) === cancelAtEvent) controller.abort();
          },
        }).catch((error: unknown) => error);

        expect(memory.instances.size).toBe(0);
        if (outcome === controller.signal.reason) {
          expect(controller.signal.aborted).toBe(true);
        } else {
          expect(outcome).toMatchObject({
            teardown: expect.stringMatching(/^(deleted|not-needed)$/),
          });
          const { passed, failure } = outcome as { passed: boolean; failure?: object };
          expect(passed).toBe(failure === undefined);
        }
        const created = memory.requests.length;
        expect(events.filter(({ type }) => type === 'instance-deleted').length).toBeLessThanOrEqual(
          created,
        );
      },
    ),
    { numRuns: 300 },
  );
});
