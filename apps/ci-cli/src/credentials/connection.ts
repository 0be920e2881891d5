import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createSecret } from '@exoship/exo-runner';
import type { ConnectionOptions } from '@exoship/vault-approle';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { whyUnreadable } from '../why-unreadable.ts';
import type { VaultPlace } from '../wiring/key-source.ts';

/** A Vault that cannot be reached for this long is worth a line in the job's log, not half a minute of silence. */
const DEADLINE_MS = 10_000;

/** How to reach Vault, as its clients want to be told. */
export async function connectionTo(job: Job, place: VaultPlace): Promise<ConnectionOptions> {
  const { cwd, clock, redactor } = job.context;
  const { serverName, fingerprint, clientCertFile, clientKeyFile } = place.tls;
  const read = async (file: string): Promise<string> => await readPem(resolve(cwd, file));
  return {
    address: place.address,
    namespace: place.namespace || undefined,
    ...(place.caFile && { ca: await read(place.caFile) }),
    ...(clientCertFile &&
      clientKeyFile && {
        clientCertificate: {
          certificate: await read(clientCertFile),
          key: createSecret(await read(clientKeyFile)),
        },
      }),
    serverName,
    fingerprint,
    deadlineMs: DEADLINE_MS,
    clock,
    onSecret: (secret) => redactor.add(secret),
  };
}

async function readPem(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable(file, whyUnreadable(cause));
  });
  if (!text.includes('-----BEGIN ')) throw unusable(file, 'it holds no PEM');
  return text;
}

function unusable(file: string, why: string): CliError {
  return new CliError(`Cannot use "${file}", which the connection to Vault needs: ${why}`, {
    exitCode: exitCodes.usage,
    remedy: 'Mend VAULT_CACERT, VAULT_CLIENT_CERT, VAULT_CLIENT_KEY or `vault` in exoship.yaml',
  });
}
