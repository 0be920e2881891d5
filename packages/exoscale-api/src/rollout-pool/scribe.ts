import type { MutationOptions } from '../client.ts';
import { isExoscaleError } from '../exoscale-error.ts';
import type { Pools } from '../pools.ts';
import { hasMerged, withAnnotations } from './annotations.ts';
import type { Annotations } from './pool.ts';

/** Writes a rollout's annotations into the labels of a pool. */
export interface Scribe {
  write(annotations: Annotations, options: MutationOptions, templateId?: string): Promise<void>;
}

/**
 * One PUT each time. Where the cloud turns out to merge labels, a second one marks those that should have gone; from then
 * on it is known, from the marks themselves, and one PUT does both.
 */
export function createScribe(pools: Pick<Pools, 'get' | 'update'>, poolId: string): Scribe {
  let isMerging: true | undefined;

  return {
    async write(annotations, options, templateId) {
      let before: Readonly<Record<string, string>> = {};
      const put = async (): Promise<unknown> =>
        pools.update(
          poolId,
          ({ labels }) => {
            before = labels;
            return { templateId, labels: withAnnotations(labels, annotations, isMerging) };
          },
          options,
        );
      try {
        await put();
      } catch (error) {
        if (!isExoscaleError(error) || error.code !== 'unexpected-change') throw error;
        const { labels } = await pools.get(poolId, options);
        if (!hasMerged(before, annotations, labels)) throw error;
        isMerging = true;
        await put();
      }
    },
  };
}
