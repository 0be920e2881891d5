import type { SmokeEvent } from '@exoship/smoke';

/** One event as one line of a job log; `undefined` for what would only repeat the line before. */
export function smokeLine(event: SmokeEvent): string | undefined {
  switch (event.type) {
    case 'instance-requested':
      return `boot one instance of ${event.templateId}: ${event.name}`;
    case 'instance-created':
      return `instance ${event.id} accepted after ${event.afterMs} ms`;
    case 'create-failed':
      return `create failed (try ${event.attempt}): ${event.detail}`;
    case 'instance-adopted':
      return `the answer was lost, but the instance is there: ${event.id}`;
    case 'instance-booted':
      return `instance runs at ${event.address} after ${event.afterMs} ms`;
    case 'app-awaited':
      return `not ready yet after ${event.afterMs} ms: ${event.detail}`;
    case 'app-ready':
      return `ready after ${event.afterMs} ms`;
    case 'round-passed':
      return `round ${event.round}/${event.of} passed`;
    case 'round-failed':
      return `round ${event.round}/${event.of} failed: ${failures(event.results)}`;
    case 'deletion-accepted':
      return undefined;
    case 'instance-deleted':
      return `instance ${event.id} deleted`;
    case 'teardown-failed':
      return `instance ${event.id ?? ''} could not be deleted: ${event.detail}`;
  }
}

function failures(
  results: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly detail: string;
  }[],
): string {
  return results
    .filter((result) => !result.passed)
    .map((result) => `${result.name}: ${result.detail}`)
    .join('; ');
}
