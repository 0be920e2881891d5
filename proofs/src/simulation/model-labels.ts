export type Labels = Readonly<Record<string, string>>;

const prefix = 'exoship-';
/** The adapter's word for a label that a merging cloud does not let go. */
const removed = 'removed';

const isOwn = (key: string): boolean => key.startsWith(prefix);

/** A rollout's labels, without those that are marked as removed. */
export function ownLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([key, value]) => isOwn(key) && value !== removed),
  );
}

export function withAnnotations(
  labels: Labels,
  annotations: Labels,
  isMerging: boolean = Object.entries(labels).some(([key, is]) => isOwn(key) && is === removed),
): Labels {
  const kept = Object.entries(labels).filter(([key]) => !isOwn(key) || isMerging);
  const marked = kept.map(([key, value]) => [key, isOwn(key) ? removed : value]);
  return { ...Object.fromEntries(marked), ...annotations };
}

export function hasMerged(before: Labels, annotations: Labels, after: Labels): boolean {
  const was = ownLabels(before);
  const is = Object.entries(ownLabels(after));
  const isOurs = is.every(([key, value]) => value === (annotations[key] ?? was[key]));
  return isOurs && is.some(([key]) => annotations[key] === undefined);
}
