import type { Member, Observation, RolloutStatus } from '@exoship/rollout';

const VERDICT_MARKS: Readonly<Record<Member['verdict'], string>> = {
  healthy: '✔',
  unhealthy: '✖',
  unknown: '◌',
  none: '·',
};

/** The pool, its templates and their members, as a tree of lines. */
export function renderTree(name: string, observation: Observation, status: RolloutStatus): string {
  const { members, size, statusDetail, observedAt } = observation;
  const serving = members.filter(isServing).length;
  const lines = [
    `${name}  ${status.state}  ${size} wanted, ${members.length} present, ${serving} serving, pool ${statusDetail}`,
    ...recordLines(status),
  ];
  for (const { template, role, running, total } of status.templates) {
    lines.push(`├─ ${template}${role === 'goal' ? ' (goal)' : ''}  ${running} of ${total} running`);
    for (const member of members.filter((one) => one.template === template)) {
      lines.push(`│  ${memberLine(member, observedAt)}`);
    }
  }
  return lines.join('\n');
}

function isServing({ state, verdict }: Member): boolean {
  return state === 'running' && (verdict === 'healthy' || verdict === 'none');
}

function recordLines({ active, last, reason }: RolloutStatus): readonly string[] {
  if (reason !== undefined) return [`│  ${reason}`];
  if (active !== undefined) {
    const holder = active.owner
      ? `held by ${active.owner} until ${active.until?.toISOString()}`
      : 'held by nobody';
    return [`│  rollout ${active.id}: ${active.from} → ${active.to}, ${holder}`];
  }
  if (last === undefined) return [];
  return [`│  last rollout ${last.id} ${last.outcome} at ${last.endedAt.toISOString()}`];
}

function memberLine(member: Member, now: Date): string {
  const { name, id, state, verdict, address = 'no address', createdAt } = member;
  const ageSeconds = Math.round((now.getTime() - createdAt.getTime()) / 1000);
  return `├─ ${VERDICT_MARKS[verdict]} ${name}  ${id}  ${state}, balancer ${verdict}, ${address}, ${ageSeconds} s old`;
}
