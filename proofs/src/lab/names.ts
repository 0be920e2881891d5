/** What every name of the lab begins with: by it, and by nothing else, is it found again and removed. */
const prefix = 'exoship-lab-';

/** Belongs to the instance pools and instances, whatever an experiment does to other labels. */
export const runLabel = 'exoship-lab';

export function namePrefix(runId: string): string {
  return `${prefix}${runId}`;
}

/** Does a name belong to this run; to any run, when none is named? */
export function isOurs(name: string, runId?: string): boolean {
  const [, found] = /^exoship-lab-([0-9a-f]{8})(?:-|$)/.exec(name) ?? [];
  return found !== undefined && (runId === undefined || found === runId);
}
