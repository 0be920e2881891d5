import { relative } from 'node:path';
import { createStatement, type Resource, type Statement } from '@exoship/provenance';
import type { BuildPlan } from '../build/plan-build.ts';
import type { Settings } from '../config/settings.ts';
import type { ImageDigests } from './image-digests.ts';
import { subjectName } from './provenance-files.ts';

export interface BuildRecord {
  readonly settings: Pick<Settings, 'app' | 'environment' | 'zone' | 'folder'>;
  readonly plan: BuildPlan;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly templateId: string;
  readonly image: ImageDigests;
  /** All files that `inputs` names, with their hashes. */
  readonly files: readonly Resource[];
  readonly versions: Readonly<Record<string, string>>;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

const BUILD_TYPE = 'urn:exoship:packer-template:v1';

/** What GitLab says of the job is in it as GitLab said it. Variables are in the hash of the inputs, not named. */
export function stateBuild(record: BuildRecord): Statement {
  const { settings, plan, env, templateId, image, versions, startedAt, finishedAt } = record;
  const { app, environment, zone, folder } = settings;
  return createStatement({
    subject: { name: subjectName(zone, templateId), digests: { ...image } },
    buildType: BUILD_TYPE,
    parameters: {
      app,
      environment,
      version: plan.version,
      ...(plan.packerTemplate && { packerTemplate: relative(folder, plan.packerTemplate) }),
    },
    derived: {
      template: plan.templateName,
      inputsHash: plan.inputsHash,
      ...present({
        project: env.CI_PROJECT_PATH,
        pipeline: env.CI_PIPELINE_ID,
        job: env.CI_JOB_ID,
      }),
    },
    inputs: [...commitOf(env), ...baseImages(plan), ...record.files],
    builder: { id: builderOf(env), versions },
    invocation: env.CI_JOB_URL,
    startedAt,
    finishedAt,
  });
}

function commitOf(env: BuildRecord['env']): readonly Resource[] {
  const { CI_PROJECT_URL: url, CI_COMMIT_REF_NAME: ref, CI_COMMIT_SHA: gitCommit } = env;
  if (!gitCommit) return [];
  const uri = url && { uri: `git+${url}${ref ? `@${ref}` : ''}` };
  return [{ name: 'source', ...uri, digest: { gitCommit } }];
}

/** Hashes that Packer checks: the only variables that say what goes in, and no secret. */
function baseImages({ variables }: BuildPlan): readonly Resource[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const sha256 = /^sha256:([0-9a-f]{64})$/.exec(value)?.[1];
    return sha256 === undefined ? [] : [{ name: `variable ${name}`, digest: { sha256 } }];
  });
}

function builderOf({ CI_PROJECT_URL: url, CI_RUNNER_ID: runner }: BuildRecord['env']): string {
  if (!url) return 'urn:exoship:local';
  return runner ? `${url}/-/runners/${runner}` : url;
}

function present(record: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
