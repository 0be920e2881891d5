import type { Observation } from './pool.ts';
import { decodeLedger, goalOf, type LastRollout, type RolloutRecord } from './record.ts';

export interface TemplateCount {
  readonly template: string;
  readonly role: 'goal' | 'other';
  readonly running: number;
  readonly total: number;
}

export interface RolloutStatus {
  /** `unreadable`: written by another version, or damaged. */
  readonly state:
    | 'idle'
    | 'rolling'
    | 'rolling-back'
    | 'paused'
    | 'awaiting-approval'
    | 'unreadable';
  readonly reason: string | undefined;
  readonly active: RolloutRecord | undefined;
  readonly last: LastRollout | undefined;
  /** Members by template, the goal first. */
  readonly templates: readonly TemplateCount[];
}

/** What an observation says about the rollout under way, without touching anything. */
export function readRollout(observation: Observation): RolloutStatus {
  const ledger = decodeLedger(observation.annotations);
  if (ledger.kind === 'unreadable') {
    const templates = countTemplates(observation, observation.template);
    return {
      state: 'unreadable',
      reason: ledger.why,
      active: undefined,
      last: undefined,
      templates,
    };
  }
  const { active, last } = ledger;
  const templates = countTemplates(observation, active ? goalOf(active) : observation.template);
  return { state: stateOf(active), reason: undefined, active, last, templates };
}

function stateOf(active: RolloutRecord | undefined): RolloutStatus['state'] {
  if (active === undefined) return 'idle';
  if (active.hold !== undefined) return active.hold === 'approval' ? 'awaiting-approval' : 'paused';
  return active.phase === 'rolling-back' ? 'rolling-back' : 'rolling';
}

function countTemplates({ members }: Observation, goal: string): readonly TemplateCount[] {
  const groups = Map.groupBy(members, ({ template }) => template);
  return [...groups]
    .map(([template, group]) => ({
      template,
      role: template === goal ? ('goal' as const) : ('other' as const),
      running: group.filter(({ state }) => state === 'running').length,
      total: group.length,
    }))
    .toSorted((one, two) => Number(two.role === 'goal') - Number(one.role === 'goal'));
}
