import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Template } from '@exoship/exoscale-api';
import { type Trust, verifyAttestation } from '@exoship/provenance';
import { CliError } from '../cli-error.ts';
import type { TrustConfig } from '../config/provenance-schema.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import { refusal } from './provenance-failure.ts';
import { subjectName } from './provenance-files.ts';
import { sha256In } from './template-description.ts';

/**
 * Before the pool is touched: somebody whom the settings name must have signed that this very template was built by them,
 * and the cloud must say the same of its content.
 *
 * @throws CliError exit code 3 when it does not hold
 */
export async function assertProvenance(
  job: Job,
  settings: Pick<Settings, 'deploy' | 'zone' | 'folder'>,
  { file, template }: { readonly file: string; readonly template: Template },
): Promise<void> {
  const { provenance } = settings.deploy;
  if (provenance === undefined) return;
  const { clock, signal } = job.context;
  const text = await read(file);
  await using cache = await mkdtempDisposable(join(tmpdir(), 'exoship-tuf-'));
  try {
    const { statement, signedBy } = await verifyAttestation(text, {
      trust: trustOf(provenance.require, settings.folder, cache.path),
      subject: {
        name: subjectName(settings.zone, template.id),
        digests: statedByCloud(template),
      },
      maxAgeMs: provenance.maxAgeMs,
      clock,
      signal,
    });
    assertInputs(statement.predicate.buildDefinition.internalParameters, template, file);
    const { finishedOn } = statement.predicate.runDetails.metadata;
    job.progress.line(`provenance holds: built ${finishedOn}, signed by ${signedBy}`);
  } catch (error) {
    throw refusal(error, file);
  }
}

async function read(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError(`Will not deploy without provenance: "${file}": ${whyUnreadable(cause)}`, {
      exitCode: exitCodes.refused,
      remedy:
        'Let `build` sign (`build.provenance`), and pass the file on with the artifact or --provenance',
    });
  });
}

function trustOf(config: TrustConfig, folder: string, cacheFolder: string): Trust {
  if (config.kind === 'key') {
    return { kind: 'key', publicKeyFile: resolve(folder, config.publicKeyFile) };
  }
  const { issuer, identity, trustedRootFile } = config;
  return {
    kind: 'keyless',
    issuer,
    identity,
    ...(trustedRootFile ? { trustedRootFile: resolve(folder, trustedRootFile) } : { cacheFolder }),
  };
}

/** Declared by whoever registered the template, so no proof by itself: it must only not contradict what is signed. */
function statedByCloud({ checksum, description }: Template): Record<string, string> {
  const sha256 = sha256In(description);
  return { ...(checksum && { md5: checksum.toLowerCase() }), ...(sha256 && { sha256 }) };
}

function assertInputs(
  derived: Readonly<Record<string, unknown>> | undefined,
  template: Template,
  file: string,
): void {
  const hash = derived?.inputsHash;
  const stated = typeof hash === 'string' ? hash : 'none';
  if (!template.build || stated.startsWith(template.build)) return;
  throw new CliError(
    `Will not deploy: the provenance "${file}" does not hold: it states the inputs "${stated}", the template "${template.build}"`,
    { exitCode: exitCodes.refused, remedy: 'The pool was not touched' },
  );
}
