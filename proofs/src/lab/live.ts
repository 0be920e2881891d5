import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { table } from '../table.ts';
import type { Ground } from './ground.ts';
import type { LiveOptions } from './live-options.ts';
import { type Plan, planLab } from './plan.ts';
import { openExoscale, openRealGround } from './real-ground.ts';
import { runLab } from './run-lab.ts';
import { sweepLab } from './sweep-lab.ts';

export const liveExitCodes = { ok: 0, leftovers: 1, noConsent: 2, overCap: 3 } as const;

export interface Terminal {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** On a user's own account: says what it would do and cost, does it when that was agreed to, and cleans up. */
export async function runLive(options: LiveOptions, terminal: Terminal): Promise<number> {
  const { say, signal } = terminal;
  const exoscale = openExoscale(options);
  const ground = await openRealGround(exoscale, options, signal);
  if (options.isSweep) return await sweep(ground, terminal);
  const { usage, limit } = await exoscale.quotas.get('instance', { signal });
  const { zone, mostToFill, cap } = options;
  const plan = planLab({ zone, headroom: limit - usage, mostToFill }, options);
  for (const line of describe(plan, options)) say(line);
  if (cap === undefined) {
    say(`Nothing was created. To agree, say --yes-spend ${plan.cost.toFixed(2)}`);
    return liveExitCodes.noConsent;
  }
  if (plan.cost > cap) {
    say(`Nothing was created: ${plan.cost.toFixed(2)} is above the cap of ${cap.toFixed(2)}`);
    return liveExitCodes.overCap;
  }
  const runId = randomBytes(4).toString('hex');
  say(`run ${runId}; if it is killed: pnpm test:live --sweep --zone ${zone}`);
  const observation = await runLab(ground, { runId, plan, signal, say });
  await writeFile(options.out, `${JSON.stringify(observation, null, 2)}\n`);
  say(`wrote ${options.out}; use it with: ci-cli sandbox up --observed ${options.out}`);
  return observation.leftovers.length === 0 ? liveExitCodes.ok : liveExitCodes.leftovers;
}

async function sweep(ground: Ground, { say, signal }: Terminal): Promise<number> {
  const left = await sweepLab(ground, {
    deadlineMs: 2 * ground.pace.patienceMs,
    signal,
    onRemove: (what) => say(`removing ${what}`),
  });
  for (const line of left) say(`could not remove ${line}`);
  say(left.length === 0 ? `nothing of the lab is left in ${ground.zone}` : 'sweep again');
  return left.length === 0 ? liveExitCodes.ok : liveExitCodes.leftovers;
}

function describe(plan: Plan, { zone, instanceHour, balancerHour }: LiveOptions): string[] {
  const rows = plan.experiments.map(({ experiment, needs, cost }) =>
    'instances' in needs
      ? [experiment.name, needs.instances, needs.minutes, cost.toFixed(2), experiment.question]
      : [experiment.name, '-', '-', '-', `not done: ${needs.reason}`],
  );
  return [
    ...table([
      ['experiment', 'instances', 'minutes', 'cost', 'question'],
      ...rows.map((row) => row.map(String)),
    ]),
    '',
    `In ${zone}: at most ${plan.instances} instances (${plan.atOnce} at once), ${plan.minutes} minutes, ${plan.cost.toFixed(2)}`,
    `Counted with ${instanceHour} for an instance and ${balancerHour} for a load balancer per started hour: bounds, not the price list; compare, and set --price-instance and --price-balancer`,
    'Everything is named exoship-lab-<run>-… and removed at the end, also after Ctrl-C',
  ];
}
