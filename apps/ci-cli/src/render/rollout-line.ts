import type { RolloutEvent } from '@exoship/rollout';

/** How one event shows: a line that stays, what is going on right now, or neither. */
export interface RolloutLine {
  readonly line?: string;
  readonly live?: string;
}

export function rolloutLine(event: RolloutEvent): RolloutLine {
  switch (event.type) {
    case 'rollout-start':
      return {
        line: `${event.isResumed ? 'resume' : 'roll out'} ${event.from} → ${event.to}, ${event.size} members, ${event.strategy}, drain window ${event.drainWindowMs} ms`,
      };
    case 'lease-awaited':
      return {
        line: `${event.owner} holds this pool until ${event.until.toISOString()}: waiting for it`,
      };
    case 'lease-taken':
      return { line: `lease taken as ${event.owner}, until ${event.until.toISOString()}` };
    case 'pool-observed':
      return {
        live: `${event.serving} serving (floor ${event.floor}), ${event.members.length} members, pool ${event.status}`,
      };
    case 'decision-made':
      return event.action === 'wait'
        ? { live: event.reason, line: `wait: ${event.reason}` }
        : { line: `${event.action}: ${event.reason}` };
    case 'mutation-end':
      return event.error === undefined
        ? {}
        : {
            line: `${event.call} gave no good answer after ${event.durationMs} ms: ${event.error}`,
          };
    case 'probe-failed':
      return { live: `probe of ${event.member}: ${event.detail}` };
    case 'member-proved':
      return { line: `${event.member} passed the gate` };
    case 'member-flapped':
      return { line: `${event.member} lost its proof` };
    case 'drain-start':
      return { line: `drain ${event.member} for ${event.windowMs} ms` };
    case 'warning-raised':
      return { line: `warning: ${event.message}` };
    default:
      return {};
  }
}
