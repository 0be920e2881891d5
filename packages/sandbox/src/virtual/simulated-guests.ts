import { draw } from '../model/draw.ts';
import { sampleLatency } from '../model/latency.ts';
import type { Body, BodySpec, Prober, Scheduler } from '../model/ports.ts';
import {
  acceptsConnections,
  type Behaviour,
  defaultBehaviour,
  type Life,
  passesChecks,
} from './behaviour.ts';

export interface SimulatedGuests {
  readonly body: Body;
  readonly prober: Prober;
  /** Would a connection to it be served right now? What a simulated client counts its drops by. */
  accepts(instanceId: string): boolean;
  /** Would a health check pass right now? */
  isHealthy(instanceId: string): boolean;
}

export interface SimulatedGuestsOptions {
  readonly scheduler: Scheduler;
  readonly seed: string;
  /** For templates whose image says nothing. @default boots in about 40 s, healthy, exits at once */
  readonly behaviour?: Behaviour | undefined;
}

interface Guest extends Life {
  readonly exit: () => void;
}

/** Instances without insides: their template's image is a (partial) {@link Behaviour}. */
export function createSimulatedGuests(options: SimulatedGuestsOptions): SimulatedGuests {
  const { scheduler, seed, behaviour: fallback = defaultBehaviour } = options;
  const guests = new Map<string, Guest>();
  const starts = new Map<string, number>();
  let addresses = 0;

  function nowMs(): number {
    return scheduler.now().getTime();
  }

  function allocateAddress(): string {
    addresses += 1;
    return ['10', addresses >> 16, (addresses >> 8) & 255, addresses & 255].join('.');
  }

  function start(spec: BodySpec, onExit: (reason: string) => void): void {
    const { instanceId } = spec;
    const count = (starts.get(instanceId) ?? 0) + 1;
    starts.set(instanceId, count);
    const behaviour = { ...fallback, ...behaviourOf(spec.image) };
    const luck = (part: string) => draw(seed, instanceId, `guest boot ${count} ${part}`);
    const upAtMs = nowMs() + sampleLatency(behaviour.bootMs, luck('a'), luck('b'));
    const guest: Guest = {
      behaviour,
      upAtMs,
      exit() {
        if (guests.get(instanceId)?.exit !== guest.exit) return;
        guests.delete(instanceId);
        onExit('powered off');
      },
    };
    guests.set(instanceId, guest);
    const { condition } = behaviour;
    if (condition.kind === 'dies') {
      scheduler.after(upAtMs - nowMs() + condition.afterMs, guest.exit);
    }
  }

  function stop(instanceId: string): void {
    const guest = guests.get(instanceId);
    if (guest === undefined || guest.stoppedAtMs !== undefined) return;
    guests.set(instanceId, { ...guest, stoppedAtMs: nowMs() });
    const { lameDuckMs } = guest.behaviour;
    if (Number.isFinite(lameDuckMs)) scheduler.after(lameDuckMs, guest.exit);
  }

  function answers(instanceId: string, question: typeof passesChecks): boolean {
    const guest = guests.get(instanceId);
    return guest !== undefined && question(guest, nowMs());
  }

  return {
    body: { allocateAddress, start, stop, kill: (instanceId) => void guests.delete(instanceId) },
    prober: {
      probe({ instanceId, mode, timeoutMs }, answer) {
        // A guest that accepts refuses a check at once; one that does not is found out by the timeout.
        const isAccepting = answers(instanceId, acceptsConnections);
        const isPassing = answers(instanceId, mode === 'tcp' ? acceptsConnections : passesChecks);
        scheduler.after(isAccepting ? Math.min(1, timeoutMs) : timeoutMs, () => answer(isPassing));
      },
    },
    accepts: (instanceId) => answers(instanceId, acceptsConnections),
    isHealthy: (instanceId) => answers(instanceId, passesChecks),
  };
}

function behaviourOf(image: unknown): Partial<Behaviour> {
  return typeof image === 'object' && image !== null ? image : {};
}
