import type { Annotations } from './pool.ts';

const prefix = 'exoship-';

type Labels = Readonly<Record<string, string>>;

/** The labels that belong to a rollout. */
export function ownLabels(labels: Labels): Annotations {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith(prefix)));
}

/** All labels of the pool once a rollout's are replaced: everybody else's stay. */
export function withAnnotations(labels: Labels, annotations: Annotations): Labels {
  for (const key of Object.keys(annotations)) {
    if (!key.startsWith(prefix))
      throw new TypeError(`Annotation "${key}" must start with "${prefix}"`);
  }
  const foreign = Object.entries(labels).filter(([key]) => !key.startsWith(prefix));
  return { ...Object.fromEntries(foreign), ...annotations };
}
