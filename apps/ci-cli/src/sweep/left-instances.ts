import { isExpiredSmoke } from '@exoship/smoke';
import { type FindLeftBehind, isOldEnough } from './left-behind.ts';

/** Instances of smoke tests, known by their labels, that are past their own expiry date. */
export const leftInstances: FindLeftBehind = async (job, { instances }, scope) => {
  const { signal, clock } = job.context;
  const all = await instances.list({}, { signal });
  return all.flatMap(({ id, name, labels, managerId, createdAt: madeAt }) =>
    managerId === undefined &&
    isExpiredSmoke(labels, clock.now()) &&
    madeAt !== undefined &&
    isOldEnough(job, madeAt, scope)
      ? [{ kind: 'instance', id, name, madeAt, remove: () => instances.delete(id, { signal }) }]
      : [],
  );
};
