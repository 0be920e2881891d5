import type { SmokeEvent } from '@exoship/smoke';
import type { Job } from './job.ts';

/**
 * Enters into the books what became of the test's instance. From its events and not from its report, because a test
 * that was interrupted makes none.
 */
export function createTeardownRecorder(job: Job, name: string): (event: SmokeEvent) => void {
  const accepted = new Set<string>();
  return (event) => {
    if (event.type === 'deletion-accepted') accepted.add(event.id);
    else if (event.type === 'instance-deleted') {
      job.cleanup.record({ what: `instance ${name} (${event.id})`, outcome: 'proven' });
    } else if (event.type === 'teardown-failed') {
      const { id, detail } = event;
      job.cleanup.record({
        what: `instance ${name}${id === undefined ? '' : ` (${id})`}`,
        outcome: id !== undefined && accepted.has(id) ? 'accepted' : 'failed',
        detail: `${detail}; run \`ci-cli sweep --yes\` later`,
      });
    }
  };
}
