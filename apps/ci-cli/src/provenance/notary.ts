import type { Template } from '@exoship/exoscale-api';
import type { BuildPlan } from '../build/plan-build.ts';
import { CliError } from '../cli-error.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import { digestInputs } from '../inputs-hash.ts';
import type { Job } from '../job.ts';
import { digestImage, type ImageDigests } from './image-digests.ts';
import { openSigner } from './open-signer.ts';
import { subjectName } from './provenance-files.ts';
import { stateBuild } from './state-build.ts';
import { toolVersions } from './tool-versions.ts';
import { forget, hasProvenanceOf, writeProvenance } from './write-provenance.ts';

/** Writes down how templates come about, and signs it when it is asked to. */
export interface Notary {
  /** Whether a template of an earlier build may be handed on: nobody can vouch for what he has not made. */
  isContent(templateId: string): Promise<boolean>;
  /** At the start of a build. */
  begin(plan: BuildPlan): BuildRecorder;
}

export interface BuildRecorder {
  /** Of the image as it is now; `undefined` when there is none at its place. */
  image(): Promise<ImageDigests | undefined>;
  /** States that this template came of the build, and signs it. @throws CliError when that cannot be done */
  conclude(template: Template): Promise<void>;
}

/** @throws CliError when the settings want a signature, and there is nothing to sign with */
export async function openNotary(
  job: Job,
  settings: Settings,
  artifactFile: string,
): Promise<Notary> {
  const signer = await openSigner(job, settings);
  const { clock, env, signal } = job.context;

  async function isContent(templateId: string): Promise<boolean> {
    if (await hasProvenanceOf(artifactFile, subjectName(settings.zone, templateId))) return true;
    if (signer === undefined) {
      await forget(artifactFile);
      return true;
    }
    job.progress.line('its provenance is not at hand: building again');
    return false;
  }

  function begin(plan: BuildPlan): BuildRecorder {
    const startedAt = clock.now();
    let hashing: Promise<ImageDigests | undefined> | undefined;
    const image = async () => {
      hashing ??= digestImage(plan.image, signal);
      return await hashing;
    };
    return {
      image,
      conclude: async ({ id: templateId }) => {
        const digests = await image();
        if (digests === undefined) return assertNobodyAsked(plan, signer);
        const { sources: folder, inputPatterns: patterns } = plan;
        const statement = stateBuild({
          settings,
          plan,
          env,
          templateId,
          image: digests,
          files: await digestInputs({ folder, patterns }),
          versions: await toolVersions(job, plan),
          startedAt,
          finishedAt: clock.now(),
        });
        await writeProvenance(job, statement, { artifactFile, signer });
      },
    };
  }

  return { isContent, begin };
}

/** Packer may have put its image anywhere, when it registers it by itself. */
function assertNobodyAsked({ image }: BuildPlan, signer: unknown): void {
  if (signer === undefined) return;
  throw new CliError(`Cannot state what was registered: there is no image "${image}"`, {
    exitCode: exitCodes.packer,
    remedy: 'Make `build.artifact` in exoship.yaml the file that the template writes',
  });
}
