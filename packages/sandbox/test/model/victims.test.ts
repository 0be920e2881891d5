import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draw } from '../../src/model/draw.ts';
import type { Instance } from '../../src/model/instance.ts';
import { chooseVictims } from '../../src/model/victims.ts';

function crowd(protections: readonly boolean[]): readonly Instance[] {
  return protections.map((isProtected, index) => ({ id: `i${index}`, isProtected }) as Instance);
}

const policies = fc.constantFrom('oldest', 'newest', 'random' as const);
const luckOf = (seed: string) => (member: Instance) => draw(seed, member.id, 'victim');

test('chooseVictims() takes as many as asked for, as far as there are unprotected ones', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean(), { maxLength: 12 }),
      fc.integer({ min: -2, max: 15 }),
      policies,
      fc.string(),
      (protections, count, policy, seed) => {
        const members = crowd(protections);
        const victims = chooseVictims(members, count, policy, luckOf(seed));
        const candidates = members.filter(({ isProtected }) => !isProtected);
        expect(victims).toHaveLength(Math.max(0, Math.min(count, candidates.length)));
        expect(new Set(victims).size).toBe(victims.length);
        for (const victim of victims) expect(candidates).toContain(victim);
      },
    ),
  );
});

test('chooseVictims() goes by age when told to', () => {
  const members = crowd([false, true, false, false]);
  const ids = (policy: 'oldest' | 'newest') =>
    chooseVictims(members, 2, policy, () => 0).map(({ id }) => id);
  expect(ids('oldest')).toEqual(['i0', 'i2']);
  expect(ids('newest')).toEqual(['i3', 'i2']);
});

test('chooseVictims() at random spares nobody for ever', () => {
  const members = crowd([false, false, false, false]);
  const hit = new Set<string>();
  for (let seed = 0; seed < 60; seed += 1) {
    for (const { id } of chooseVictims(members, 1, 'random', luckOf(`${seed}`))) hit.add(id);
  }
  expect(hit.size).toBe(4);
});
