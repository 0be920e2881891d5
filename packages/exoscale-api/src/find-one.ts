import { ExoscaleError } from './exoscale-error.ts';

/** The one with this name, or `undefined`; names are not unique on Exoscale, and two make a `conflict` with their ids. */
export function findOne<T extends { readonly id: string; readonly name: string }>(
  items: readonly T[],
  name: string,
  call: string,
): T | undefined {
  const [first, ...others] = items.filter((item) => item.name === name);
  if (first === undefined || others.length === 0) return first;
  const ids = [first, ...others].map((item) => item.id).join(', ');
  throw new ExoscaleError(
    `Cannot choose "${name}" from the answer to "${call}": ${others.length + 1} have that name (${ids})`,
    { code: 'conflict', call },
  );
}
