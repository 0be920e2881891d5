import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type RawPool, unexpectedChanges, updateBody } from '../src/pool-update.ts';

/** Nullable in the API's own description of the PUT. */
const nullable = [
  'anti-affinity-groups',
  'security-groups',
  'elastic-ips',
  'min-available',
  'private-networks',
  'ssh-key',
  'ssh-keys',
  'instance-prefix',
  'user-data',
  'deploy-target',
];

const id = fc.uuid().map((value) => ({ id: value }));
const name = fc.record({ name: fc.string({ minLength: 1 }) });
const labels = fc.dictionary(fc.string({ minLength: 1 }), fc.string());

const pools: fc.Arbitrary<RawPool> = fc.record(
  {
    id: fc.uuid(),
    name: fc.string({ minLength: 1 }),
    size: fc.nat(50),
    template: id,
    'instance-type': id,
    'anti-affinity-groups': fc.array(id),
    'security-groups': fc.array(id),
    'elastic-ips': fc.array(id),
    'private-networks': fc.array(id),
    'deploy-target': fc.option(id),
    'ssh-key': fc.option(name),
    'ssh-keys': fc.array(name),
    'min-available': fc.nat(50),
    'instance-prefix': fc.string({ minLength: 1 }),
    'user-data': fc.base64String({ minLength: 4 }),
    labels,
  },
  { requiredKeys: ['id', 'name', 'size', 'template'] },
);

const changes = fc.record({ templateId: fc.uuid(), labels });

/** The cloud at its worst: what a PUT leaves out is cleared. */
function put(pool: RawPool, body: RawPool): RawPool {
  const kept = Object.entries(pool).filter(([key]) => !nullable.includes(key));
  return { ...Object.fromEntries(kept), ...body };
}

it('an update loses nothing on a cloud that clears whatever is left out', () => {
  fc.assert(
    fc.property(pools, changes, (pool, asked) => {
      const after = put(pool, updateBody(pool, asked));
      expect(unexpectedChanges(pool, after, asked)).toEqual([]);
    }),
  );
});

it('whatever single field is lost or altered is named', () => {
  const field = fc.constantFrom(...nullable, 'instance-type', 'name', 'labels');
  const value = fc.constantFrom(undefined, { id: 'else' });
  fc.assert(
    fc.property(pools, changes, field, value, (pool, asked, lost, now) => {
      const after = put(pool, updateBody(pool, asked));
      fc.pre(!(isNothing(after[lost]) && isNothing(now)));
      expect(unexpectedChanges(pool, { ...after, [lost]: now }, asked)).toEqual([lost]);
    }),
  );
});

function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === 'object' && Object.keys(value).length === 0)
  );
}
