import type { Switches } from '@exoship/sandbox';
import type { Lab } from './lab.ts';

/** What an experiment may use at most; the cost cap is held against it, and the lab holds the experiment to it. */
export interface Needs {
  /** Created over the whole experiment. */
  readonly instances: number;
  /** Of them at any one time. */
  readonly atOnce: number;
  readonly balancers: number;
  readonly minutes: number;
}

/** What is known of the account before anything is created. */
export interface Account {
  readonly zone: string;
  /** Instances that it may still create; Infinity when there is no limit. */
  readonly headroom: number;
  /** As many instances as an experiment may fill a quota with. */
  readonly mostToFill: number;
}

export interface Observed<Value> {
  readonly status: 'observed';
  readonly value: Value;
  readonly samples: number;
  /** That chance alone made it look like this; 0 where the answer is not a matter of chance. */
  readonly errorProbability: number;
}

/** It could not be told from outside. Never a guess. */
export interface Unobservable {
  readonly status: 'unobservable';
  readonly reason: string;
}

export type Finding<Value> = Observed<Value> | Unobservable;

export interface Experiment<Value = unknown> {
  readonly name: string;
  readonly question: string;
  /** What it may use, or why it is not to be done on this account. */
  needs(account: Account): Needs | Unobservable;
  run(lab: Lab): Promise<Finding<Value>>;
}

/** One experiment for every switch, with the switch's own values. */
export type SwitchExperiments = {
  readonly [Name in keyof Switches]: Experiment<Switches[Name]>;
};

export function observed<Value>(
  value: Value,
  { samples = 1, errorProbability = 0 }: Partial<Observed<Value>> = {},
): Observed<Value> {
  return { status: 'observed', value, samples, errorProbability };
}

export function unobservable(reason: string): Unobservable {
  return { status: 'unobservable', reason };
}
