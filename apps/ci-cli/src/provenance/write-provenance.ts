import { readFile, rm, writeFile } from 'node:fs/promises';
import { type Signer, type Statement, signStatement } from '@exoship/provenance';
import type { Job } from '../job.ts';
import { signingFailure } from './provenance-failure.ts';
import { manifestFileOf, provenanceFileOf } from './provenance-files.ts';

/** Signed, it is provenance; otherwise a build manifest and nothing more. Never both: one of them would be old. */
export async function writeProvenance(
  job: Job,
  statement: Statement,
  { artifactFile, signer }: { readonly artifactFile: string; readonly signer: Signer | undefined },
): Promise<void> {
  const [signed, unsigned] = [provenanceFileOf(artifactFile), manifestFileOf(artifactFile)];
  await forget(artifactFile);
  if (signer === undefined) {
    await writeFile(unsigned, `${JSON.stringify(statement, null, 2)}\n`);
    job.progress.line(`build manifest (unsigned): ${unsigned}`);
    return;
  }
  const { signal } = job.context;
  const text = await signStatement(statement, signer, { signal }).catch((error: unknown) => {
    throw signingFailure(error);
  });
  await writeFile(signed, `${text}\n`);
  job.progress.line(`provenance, signed: ${signed}`);
}

/** Whether an earlier build of this pipeline has left provenance that names this template; `deploy` verifies it. */
export async function hasProvenanceOf(artifactFile: string, subject: string): Promise<boolean> {
  const text = await readFile(provenanceFileOf(artifactFile), 'utf8').catch(() => '{}');
  try {
    const json = JSON.parse(text);
    const { payload = '' } = json.dsseEnvelope ?? json;
    return Buffer.from(payload, 'base64').includes(JSON.stringify(subject));
  } catch {
    return false;
  }
}

/** What is said of another image must not lie beside this one. */
export async function forget(artifactFile: string): Promise<void> {
  for (const file of [provenanceFileOf(artifactFile), manifestFileOf(artifactFile)]) {
    await rm(file, { force: true });
  }
}
