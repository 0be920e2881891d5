import type { Unobservable } from './experiment.ts';
import { type Account, type Experiment, type Needs, unobservable } from './experiment.ts';
import { factExperiments } from './experiments/facts.ts';
import { switchExperiments } from './experiments.ts';

/** Upper bounds, in the currency that the cap is given in; nobody knows how the real ones are rounded. */
export interface Prices {
  /** Every started hour of an instance counts whole. */
  readonly instanceHour: number;
  readonly balancerHour: number;
}

export interface PlannedExperiment {
  readonly group: 'switches' | 'facts';
  readonly key: string;
  readonly experiment: Experiment;
  readonly needs: Needs | Unobservable;
  readonly cost: number;
}

export interface Plan {
  readonly experiments: readonly PlannedExperiment[];
  readonly instances: number;
  /** The most at any one time: experiments are done one after the other. */
  readonly atOnce: number;
  readonly minutes: number;
  readonly cost: number;
}

/** What would be done on this account, and what it may cost at most. Creates nothing. */
export function planLab(account: Account, prices: Prices): Plan {
  const groups = { switches: switchExperiments, facts: factExperiments };
  const experiments = Object.entries(groups).flatMap(([group, all]) =>
    Object.entries(all as Readonly<Record<string, Experiment>>).map(([key, experiment]) => {
      const needs = fit(experiment.needs(account), account);
      const cost = costOf(needs, prices);
      return { group: group as PlannedExperiment['group'], key, experiment, needs, cost };
    }),
  );
  const needs = experiments.flatMap((one) => ('instances' in one.needs ? one.needs : []));
  return {
    experiments,
    instances: sum(needs.map(({ instances }) => instances)),
    atOnce: Math.max(0, ...needs.map(({ atOnce }) => atOnce)),
    minutes: sum(needs.map(({ minutes }) => minutes)),
    cost: sum(experiments.map(({ cost }) => cost)),
  };
}

function fit(needs: Needs | Unobservable, { headroom }: Account): Needs | Unobservable {
  if (!('atOnce' in needs) || needs.atOnce <= headroom) return needs;
  return unobservable(
    `It takes ${needs.atOnce} instances at once, and the account has room for ${headroom}`,
  );
}

function costOf(needs: Needs | Unobservable, { instanceHour, balancerHour }: Prices): number {
  if (!('instances' in needs)) return 0;
  const hours = Math.ceil(needs.minutes / 60);
  return hours * (needs.instances * instanceHour + needs.balancers * balancerHour);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
