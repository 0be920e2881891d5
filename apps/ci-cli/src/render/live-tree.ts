import type { RolloutEvent } from '@exoship/rollout';

type PoolObserved = Extract<RolloutEvent, { type: 'pool-observed' }>;
type MemberView = PoolObserved['members'][number];

/** The rollout as a tree of lines that is always up to date: pool, templates, members. */
export interface LiveTree {
  tell(event: RolloutEvent): void;
  render(now: Date): readonly string[];
}

interface Probes {
  /** Passed in a row; 0 after a failure. */
  readonly passes: number;
  readonly failure?: string;
}

/** @param successes - probes in a row that the gate wants. */
export function createLiveTree(successes: number): LiveTree {
  let pool: PoolObserved | undefined;
  let goal: string | undefined;
  const probes = new Map<string, Probes>();
  return {
    tell: (event) => {
      if (event.type === 'rollout-start') goal = event.to;
      if (event.type === 'mutation-start' && event.call === 'begin') goal = event.template ?? goal;
      if (event.type === 'pool-observed') pool = event;
      if (event.type === 'probe-passed') {
        probes.set(event.member, { passes: (probes.get(event.member)?.passes ?? 0) + 1 });
      }
      if (event.type === 'probe-failed') {
        probes.set(event.member, { passes: 0, failure: event.detail });
      }
    },
    render: (now) => {
      if (pool === undefined) return [];
      const { members, serving, floor, size, status } = pool;
      const head = `pool ${status}  ${size} wanted, ${members.length} present, ${serving} serving (floor ${floor})`;
      const templates = [...Map.groupBy(members, ({ template }) => template)].toSorted(
        ([one], [two]) => Number(two === goal) - Number(one === goal),
      );
      const branches = templates.flatMap(([template, those]) => [
        `├─ ${template}${template === goal ? ' (goal)' : ''}  ${those.length} members`,
        ...those.map((member) => memberLine(member, probes.get(member.id), successes, now)),
      ]);
      return [head, ...branches];
    },
  };
}

function memberLine(
  member: MemberView,
  probes: Probes = { passes: 0 },
  successes: number,
  now: Date,
): string {
  const { name, verdict, createdAt } = member;
  const ageSeconds = Math.max(0, Math.round((now.getTime() - createdAt.getTime()) / 1000));
  const failure = probes.failure === undefined ? '' : `: ${probes.failure}`;
  const count = `probes ${Math.min(probes.passes, successes)}/${successes}${failure}`;
  const { mark, word } = conditionOf(member, probes);
  return `│  ├─ ${mark} ${name}  ${word}, ${count}, balancer ${verdict}, ${ageSeconds} s old`;
}

function conditionOf(
  { state, isDrained, isProven }: MemberView,
  { failure }: Probes,
): { readonly mark: string; readonly word: string } {
  if (isDrained) return { mark: '↓', word: state === 'running' ? 'draining' : state };
  if (state !== 'running') return { mark: '◷', word: state };
  if (isProven) return { mark: '✔', word: 'proved' };
  return failure === undefined ? { mark: '◌', word: 'running' } : { mark: '✖', word: 'failing' };
}
