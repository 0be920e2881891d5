import type { Clock, Exoscale } from '@exoship/exoscale-api';

/**
 * What the lab's machines do.
 * `web`: answers 200 on the port · `other`: likewise, of another template · `mortal`: powers itself off some time after
 * it has started · `lingering`: takes its time when it is told to stop.
 */
export type GuestKind = 'web' | 'other' | 'mortal' | 'lingering';

export interface Guest {
  readonly templateId: string;
  readonly userData?: string | undefined;
}

/** How long things may take here. A local cloud is quicker than the real one. */
export interface Pace {
  /** Between two looks. */
  readonly pollMs: number;
  /** How long the cloud may take for something that it has been asked for. */
  readonly patienceMs: number;
  /** How long the cloud is watched for something that it may never do. */
  readonly watchMs: number;
  /** From `running` until a guest is set up. */
  readonly settleMs: number;
  /** How long a `lingering` guest takes to stop. */
  readonly lingerMs: number;
  /** Of the balancer's health checks. */
  readonly check: { readonly intervalMs: number; readonly timeoutMs: number };
}

/** Where the experiments are done: an account of the real cloud, or a sandbox. */
export interface Ground {
  readonly zone: string;
  readonly exoscale: Exoscale;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly port: number;
  readonly instanceType: string;
  guest(kind: GuestKind): Guest;
}
