import { resolve } from 'node:path';
import { rollout } from '@exoship/rollout';
import { readArtifact } from '../artifact.ts';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, loadSettings } from '../load-settings.ts';
import { assertProvenance } from '../provenance/assert-provenance.ts';
import { provenanceFileOf } from '../provenance/provenance-files.ts';
import { showPlan } from '../rollout/show-plan.ts';
import { outputsOf, tellRollout } from '../rollout/tell-rollout.ts';
import { assertTemplate } from '../wiring/assert-template.ts';
import { withPool } from '../wiring/with-pool.ts';

/** Replaces the members of the pool by the tested template; goes back by itself when the new ones fail the gate. */
export async function deploy(job: Job, flags: Flags): Promise<number> {
  await outputsOf(flags);
  const settings = await loadSettings(job, flags);
  const { templateId, readyAfterMs } = await chooseTemplate(flags);
  const { signal } = job.context;
  return await withPool(job, settings, async ({ exoscale, pool }) => {
    const template = await assertTemplate(exoscale, templateId, { zone: settings.zone, signal });
    const file = String(flags.provenance ?? provenanceFileOf(String(flags.artifact)));
    await assertProvenance(job, settings, { file: resolve(job.context.cwd, file), template });
    if (flags.plan === true)
      return await showPlan(job, settings, pool, { templateId, readyAfterMs });
    return await tellRollout(
      job,
      settings,
      flags,
      async (options) => await rollout(pool, { ...options, template: templateId }),
    );
  });
}

interface ChosenTemplate {
  readonly templateId: string;
  /** How long the smoke test's instance took, when there was one. */
  readonly readyAfterMs: number | undefined;
}

/** By id, and only what a smoke test has passed, unless somebody says otherwise in so many words. */
async function chooseTemplate(flags: Flags): Promise<ChosenTemplate> {
  if (flags.template !== undefined) {
    if (flags.untested !== true) {
      throw untested(`the template ${String(flags.template)} is named by hand`);
    }
    return { templateId: String(flags.template), readyAfterMs: undefined };
  }
  const { testedBy, templateId, name } = await readArtifact(String(flags.artifact));
  if (testedBy === undefined && flags.untested !== true) {
    throw untested(`no smoke test has passed for ${name} (${templateId})`);
  }
  return { templateId, readyAfterMs: testedBy?.readyAfterMs };
}

function untested(why: string): CliError {
  return new CliError(`Will not deploy an untested template: ${why}`, {
    exitCode: exitCodes.refused,
    remedy: 'Run `ci-cli test` first, or say --untested',
  });
}
