import type { Annotations } from './pool.ts';

const prefix = 'exoship-';

/**
 * What a label says that cannot be removed. Nothing documents whether the labels of a PUT replace all labels or only
 * those that they name; where they merge, this stands for a label that is gone.
 */
const removed = 'removed';

type Labels = Readonly<Record<string, string>>;

const isOwn = ([key]: readonly [string, string]): boolean => key.startsWith(prefix);

/** The labels that belong to a rollout. */
export function ownLabels(labels: Labels): Annotations {
  const there = Object.entries(labels).filter((entry) => isOwn(entry) && entry[1] !== removed);
  return Object.fromEntries(there);
}

/**
 * All labels of the pool once a rollout's are replaced: everybody else's stay. On a pool that is known to merge, and
 * one that holds a label marked as removed is, what goes is marked.
 */
export function withAnnotations(
  labels: Labels,
  annotations: Annotations,
  isMerging: boolean = Object.entries(labels).some((one) => isOwn(one) && one[1] === removed),
): Labels {
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(prefix))
      throw new TypeError(`Annotation "${key}" must start with "${prefix}"`);
    if (value === removed) throw new TypeError(`Annotation "${key}" must not be "${removed}"`);
  }
  const kept = Object.entries(labels).filter((entry) => !isOwn(entry) || isMerging);
  const marked = kept.map(([key, value]) => [key, key.startsWith(prefix) ? removed : value]);
  return { ...Object.fromEntries(marked), ...annotations };
}

/**
 * Whether a PUT of `annotations` merged them into `before`: something that was to go has stayed as it was, and nobody
 * else has written since.
 */
export function hasMerged(before: Labels, annotations: Annotations, after: Labels): boolean {
  const was = ownLabels(before);
  const is = Object.entries(ownLabels(after));
  const isOurs = is.every(([key, value]) => value === (annotations[key] ?? was[key]));
  return isOurs && is.some(([key]) => annotations[key] === undefined);
}
