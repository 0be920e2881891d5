import type { Pool } from '@exoship/rollout';
import type { Deed } from './deed.ts';
import type { Witness } from './witness.ts';

/** The same pool; looks are noted, and every change is a deed that is judged before it is sent. */
export function watchPool(
  pool: Required<Pool>,
  witness: Witness,
  watch: (deed: Deed, run: () => Promise<void>) => Promise<void>,
): Required<Pool> {
  return {
    observe: async (options) => {
      const seen = await pool.observe(options);
      witness.noteLook(seen);
      return seen;
    },
    begin: async (template, annotations, options) =>
      watch({ call: 'begin', template, annotations }, async () =>
        pool.begin(template, annotations, options),
      ),
    settle: async (annotations, options) =>
      watch({ call: 'settle', annotations }, async () => pool.settle(annotations, options)),
    grow: async (size, options) =>
      watch({ call: 'grow', size }, async () => pool.grow(size, options)),
    evict: async (ids, options) =>
      watch({ call: 'evict', ids }, async () => pool.evict(ids, options)),
    drain: async (member, options) =>
      watch({ call: 'drain', ids: [member.id] }, async () => pool.drain(member, options)),
    capacity: async (options) => pool.capacity(options),
  };
}
