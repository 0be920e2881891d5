import type { Latency } from '../model/latency.ts';

/** How a simulated guest fares once its application is up. */
export type Condition =
  | { readonly kind: 'healthy' }
  /** Accepts connections, fails every check. */
  | { readonly kind: 'never-healthy' }
  /** Turns healthy and unhealthy by turns, healthy first. */
  | { readonly kind: 'flapping'; readonly upMs: number; readonly downMs: number }
  /** The guest powers itself off. */
  | { readonly kind: 'dies'; readonly afterMs: number }
  /** The guest stays on and stops answering. */
  | { readonly kind: 'hangs'; readonly afterMs: number };

/** What a template's guests do; in virtual time this is what an image is. */
export interface Behaviour {
  /** From power-on until the application accepts connections. */
  readonly bootMs: Latency;
  readonly condition: Condition;
  /**
   * How long it goes on accepting after the power button, with failing checks, before it exits. Infinity: it ignores
   * the button.
   */
  readonly lameDuckMs: number;
}

export const defaultBehaviour: Behaviour = {
  bootMs: { kind: 'lognormal', medianMs: 40_000, sigma: 0.25 },
  condition: { kind: 'healthy' },
  lameDuckMs: 0,
};

/** One life of a guest, from power-on. All moments in milliseconds of the same clock. */
export interface Life {
  readonly behaviour: Behaviour;
  readonly upAtMs: number;
  /** When the power button was pressed. */
  readonly stoppedAtMs?: number | undefined;
}

export function acceptsConnections({ behaviour, upAtMs }: Life, nowMs: number): boolean {
  const { condition } = behaviour;
  if (nowMs < upAtMs) return false;
  return condition.kind !== 'hangs' || nowMs < upAtMs + condition.afterMs;
}

export function passesChecks(life: Life, nowMs: number): boolean {
  const { condition } = life.behaviour;
  if (!acceptsConnections(life, nowMs) || life.stoppedAtMs !== undefined) return false;
  if (condition.kind === 'never-healthy') return false;
  if (condition.kind !== 'flapping') return true;
  return (nowMs - life.upAtMs) % (condition.upMs + condition.downMs) < condition.upMs;
}
