import { isExoscaleError } from '@exoship/exoscale-api';
import { createLab } from './create-lab.ts';
import { type Finding, unobservable } from './experiment.ts';
import type { Ground } from './ground.ts';
import { LabError } from './lab-error.ts';
import { distributionOf, type Entry, type Observation } from './observation.ts';
import type { Plan, PlannedExperiment } from './plan.ts';
import { sweepLab } from './sweep-lab.ts';

export interface LabRun {
  /** Eight hexadecimal digits, in every name. */
  readonly runId: string;
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Does the experiments one after the other and removes what each has made, also when it is aborted. Ends early when
 * something could not be removed: it may cost money.
 */
export async function runLab(ground: Ground, run: LabRun): Promise<Observation> {
  const groups: Record<PlannedExperiment['group'], Record<string, Entry>> = {
    switches: {},
    facts: {},
  };
  const bootsMs: number[] = [];
  let leftovers: readonly string[] = [];
  for (const planned of run.plan.experiments) {
    const evidence: string[] = [];
    let finding: Finding<unknown> = unobservable('Not begun: something was left behind before it');
    if (leftovers.length === 0) {
      const [performed, left] = await performAndTearDown(ground, run, planned, {
        note: (line) => void evidence.push(line),
        onBoot: (ms) => void bootsMs.push(ms),
      });
      finding = performed;
      leftovers = left;
    }
    const { question, name } = planned.experiment;
    groups[planned.group][planned.key] = { ...finding, question, evidence };
    run.say(`${name}: ${finding.status === 'observed' ? String(finding.value) : finding.reason}`);
    for (const left of leftovers) run.say(`could not remove ${left}`);
    run.signal.throwIfAborted();
  }
  return {
    version: 1,
    zone: ground.zone,
    runId: run.runId,
    observedAt: ground.clock.now().toISOString(),
    ...groups,
    bootSeconds: distributionOf(bootsMs),
    leftovers,
  };
}

interface Witness {
  readonly note: (line: string) => void;
  readonly onBoot: (ms: number) => void;
}

async function performAndTearDown(
  ground: Ground,
  run: LabRun,
  planned: PlannedExperiment,
  witness: Witness,
): Promise<readonly [Finding<unknown>, readonly string[]]> {
  let leftovers: readonly string[] = [];
  let finding: Finding<unknown>;
  try {
    finding = await perform(ground, run, planned, witness);
  } finally {
    if ('instances' in planned.needs) leftovers = await tearDown(ground, run.runId);
  }
  return [finding, leftovers];
}

/** What broke an experiment off is why it could not tell; only a fault of its own rejects. */
async function perform(
  ground: Ground,
  { runId, signal }: LabRun,
  { experiment, needs }: PlannedExperiment,
  witness: Witness,
): Promise<Finding<unknown>> {
  if (!('instances' in needs)) return needs;
  const isDone = new AbortController();
  const isLate = new AbortController();
  void ground.clock.sleep(needs.minutes * 60_000, { signal: isDone.signal }).then(
    () => isLate.abort(new LabError('impatient', `Took longer than ${needs.minutes} minutes`)),
    () => {},
  );
  const both = AbortSignal.any([signal, isLate.signal]);
  try {
    return await experiment.run(createLab(ground, { runId, needs, signal: both, ...witness }));
  } catch (error) {
    if (signal.aborted) return unobservable('Broken off');
    if (error instanceof LabError || isExoscaleError(error)) return unobservable(error.message);
    throw error;
  } finally {
    isDone.abort();
  }
}

/** On a clock of its own: an abort must not keep it from cleaning up. */
async function tearDown(ground: Ground, runId: string): Promise<readonly string[]> {
  const { signal } = new AbortController();
  return await sweepLab(ground, { runId, deadlineMs: 2 * ground.pace.patienceMs, signal });
}
