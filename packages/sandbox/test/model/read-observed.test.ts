import { expect, test } from 'vitest';
import { isSandboxError } from '../../src/error.ts';
import { readObserved } from '../../src/model/read-observed.ts';
import { defaultSwitches, switchPositions } from '../../src/model/switches.ts';

function text(switches: unknown, version: unknown = 1): string {
  return JSON.stringify({ version, zone: 'ch-gva-2', switches });
}

test('readObserved() takes what was observed and leaves the rest to the defaults', () => {
  const switches = {
    scaleDownVictims: { status: 'observed', value: 'oldest', samples: 10 },
    selfHealOnStop: { status: 'observed', value: false },
    quotaExceeded: { status: 'unobservable', reason: 'the account has no limit' },
  };
  expect(readObserved(text(switches))).toEqual({
    scaleDownVictims: 'oldest',
    selfHealOnStop: false,
  });
});

test.each([
  ['no JSON', '{', 'It is not JSON'],
  ['a list', '[]', 'It must be an object'],
  ['another version', text({}, 2), '"version" must be 1: 2'],
  ['no switches', JSON.stringify({ version: 1 }), '"switches" must be an object'],
  [
    'an unknown switch',
    text({ gravity: { status: 'observed', value: true } }),
    'No switch is called "gravity"',
  ],
  [
    'a name every object has',
    text({ toString: { status: 'observed', value: true } }),
    'No switch is called "toString"',
  ],
  [
    'an unknown status',
    text({ stopIsAcpi: { status: 'guessed', value: true } }),
    '"switches.stopIsAcpi.status" must be "observed" or "unobservable": "guessed"',
  ],
  [
    'an unknown value',
    text({ stopIsAcpi: { status: 'observed', value: 'yes' } }),
    '"switches.stopIsAcpi.value" must be one of true, false: "yes"',
  ],
  [
    'no value',
    text({ stopIsAcpi: { status: 'observed' } }),
    '"switches.stopIsAcpi.value" must be one of true, false: absent',
  ],
])('readObserved() refuses %s, and says which part', (_, broken, problem) => {
  try {
    readObserved(broken);
    expect.unreachable();
  } catch (error) {
    expect(isSandboxError(error) && error.code).toBe('observed-invalid');
    expect((error as Error).message).toBe(`Cannot read the observations: ${problem}`);
  }
});

test('every switch has two positions or more, its default among them', () => {
  for (const [name, value] of Object.entries(defaultSwitches)) {
    const positions: readonly unknown[] = switchPositions[name as keyof typeof switchPositions];
    expect(positions).toContain(value);
    expect(new Set(positions).size).toBeGreaterThan(1);
  }
});
