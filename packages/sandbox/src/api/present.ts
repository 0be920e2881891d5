import type { Operation } from '../model/operations.ts';

/** RFC 3339 in whole seconds, which is as much as the API says. */
export function presentDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

export function presentReferences(ids: readonly string[]): readonly { readonly id: string }[] {
  return ids.map((id) => ({ id }));
}

/** As recorded from the real servers: `command` is the call that shows what the operation is about. */
export function presentOperation(operation: Operation): object {
  const { id, state, reason, message, referenceId, link } = operation;
  const [, , kind = ''] = link.split('/');
  // SSH keys have no id that could be referred to.
  if (kind === 'ssh-key') return { id, state, reason, message };
  const reference = { id: referenceId, link, command: `get-${kind}` };
  return { id, state, reason, message, reference };
}
