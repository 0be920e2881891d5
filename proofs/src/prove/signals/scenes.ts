import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Blow } from './draw-blows.ts';
import type { LaneJob } from './lane.ts';
import type { Stage } from './options.ts';
import type { Ended } from './strike.ts';

const artifactFile = 'exoship-artifact.json';

/** How a stage is run, and how one sees that it was done before the signal had an effect. */
export interface Scene {
  readonly stage: Stage;
  readonly argv: (blow: Pick<Blow, 'isStubborn'>) => readonly string[];
  readonly isDone: (job: LaneJob, ended: Ended) => Promise<boolean>;
}

export const buildScene: Scene = {
  stage: 'build',
  argv: () => ['build'],
  isDone: async (job) => (await readArtifactText(job)).includes('"templateId"'),
};

/** Needs an artifact in the job's folder. */
export const testScene: Scene = {
  stage: 'test',
  argv: () => ['test'],
  isDone: async (job) => (await readArtifactText(job)).includes('"testedBy"'),
};

/** Needs a tested artifact in the job's folder. */
export const deployScene: Scene = {
  stage: 'deploy',
  argv: () => ['deploy', '--exclusive'],
  isDone: async (_job, { output }) => output.includes('rollout completed'),
};

/** A shell with a child of its own, which prints the secret that it was given. */
export const execScene: Scene = {
  stage: 'exec',
  argv: ({ isStubborn }) => {
    const manners = isStubborn ? "trap '' INT TERM; " : '';
    return [
      'exec',
      '--',
      'sh',
      '-c',
      `${manners}echo "$EXOSCALE_API_SECRET"; sleep 1.5 & wait; echo all done`,
    ];
  },
  isDone: async (_job, { output }) => output.includes('all done'),
};

/** A commit of its own for every job, so that no job finds another one's template. */
export function freshCommit(): Readonly<Record<string, string>> {
  return { CI_COMMIT_SHA: randomBytes(20).toString('hex') };
}

export async function readArtifactText({ folder }: LaneJob): Promise<string> {
  return await readFile(join(folder, artifactFile), 'utf8').catch(() => '');
}

export async function writeArtifactText({ folder }: LaneJob, text: string): Promise<void> {
  await writeFile(join(folder, artifactFile), text);
}
