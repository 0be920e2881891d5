import type { Operation } from '../model/operations.ts';

/** RFC 3339 in whole seconds, which is as much as the API says. */
export function presentDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function presentReferences(ids: readonly string[]): readonly { readonly id: string }[] {
  return ids.map((id) => ({ id }));
}

export function presentOperation(operation: Operation): object {
  const { id, state, reason, message, referenceId, link, command } = operation;
  return { id, state, reason, message, reference: { id: referenceId, link, command } };
}
