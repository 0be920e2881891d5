import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { whyUnreadable } from './why-unreadable.ts';

/** What one stage hands to the next: a template *id*; names are for people. */
export interface TemplateArtifact {
  readonly schema: 1;
  readonly templateId: string;
  /** md5 of the image, as Exoscale keeps it; declared by the uploader, so no proof of origin. */
  readonly checksum: string;
  readonly name: string;
  readonly zone: string;
  readonly version: string;
  readonly inputsHash: string;
  /** Absent until a smoke test has passed. */
  readonly testedBy?:
    | { readonly at: string; readonly job: string; readonly readyAfterMs: number }
    | undefined;
}

const artifactSchema: z.ZodType<TemplateArtifact> = z.strictObject({
  schema: z.literal(1),
  templateId: z.uuid(),
  checksum: z.string(),
  name: z.string(),
  zone: z.string(),
  version: z.string(),
  inputsHash: z.string(),
  testedBy: z
    .strictObject({ at: z.string(), job: z.string(), readyAfterMs: z.number() })
    .optional(),
});

export async function readArtifact(file: string): Promise<TemplateArtifact> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, whyUnreadable(cause));
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unusable(file, 'it is not JSON');
  }
  const parsed = artifactSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw unusable(file, `${issue?.path.join('.') || 'the document'}: ${issue?.message}`);
}

/** Writes the JSON and, beside it, a dotenv file for `artifacts:reports:dotenv`. */
export async function writeArtifact(file: string, artifact: TemplateArtifact): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(artifact, null, 2)}\n`);
  const lines = [
    `EXOSHIP_TEMPLATE_ID=${artifact.templateId}`,
    `EXOSHIP_TEMPLATE_NAME=${artifact.name}`,
    `EXOSHIP_VERSION=${artifact.version}`,
    `EXOSHIP_TESTED=${artifact.testedBy === undefined ? 'no' : 'yes'}`,
  ];
  await writeFile(file.replace(/(\.json)?$/, '.env'), `${lines.join('\n')}\n`);
}

function unusable(file: string, why: string): CliError {
  return new CliError(`Cannot use the template artifact "${file}": ${why}`, {
    exitCode: exitCodes.usage,
    remedy: 'Run `ci-cli build` first, or name the template with --template',
  });
}
