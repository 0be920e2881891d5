import { type ApiKey, createApiKey, type KeyParts } from './api-key.ts';
import { ExoRunnerError } from './exo-runner-error.ts';
import type { Lease, LeaseSource } from './lease-source.ts';
import { checkMintOptions, type MintOptions, type MintSettings } from './mint-options.ts';
import { tryRevokeLease } from './prove-revocation.ts';
import { createSecret } from './secret.ts';

/**
 * Takes a new Exoscale API key from Vault's secrets engine. Dispose of it to revoke it.
 *
 * @throws {ExoRunnerError} `invalid-key` when the answer is no key; whatever `source.read()` rejects with
 */
export async function mintApiKey(source: LeaseSource, options: MintOptions): Promise<ApiKey> {
  const settings = checkMintOptions(options);
  const { clock, mountPath, role, signal } = settings;
  signal?.throwIfAborted();
  // A lease never lives longer than counted from when it was asked for.
  const askedAtMs = clock.now().getTime();
  const lease = await source.read(`${mountPath}/apikey/${role}`, { signal });
  const expiresAt = new Date(askedAtMs + lease.leaseDurationMs);
  try {
    const key = readKey(lease, settings);
    settings.onSecret(key.secret);
    signal?.throwIfAborted();
    const { leaseId, renewable: isRenewable = true } = lease;
    return createApiKey({ ...key, leaseId, isRenewable, expiresAt, source, settings });
  } catch (error) {
    // Whatever came of it, a key exists from now on and nobody will use it.
    if (lease.leaseId !== '') await tryRevokeLease(source, lease.leaseId, settings);
    throw error;
  }
}

function readKey(lease: Lease, { role }: MintSettings): Pick<KeyParts, 'name' | 'key' | 'secret'> {
  const { name, api_key: key, api_secret: secret } = lease.data;
  if (lease.leaseId === '' || !(lease.leaseDurationMs > 0)) {
    throw invalidKey(role, 'it is not leased, so it would never end');
  }
  if (!isToken(key)) throw invalidKey(role, 'no "api_key" in the answer');
  if (!isToken(secret)) throw invalidKey(role, 'no "api_secret" in the answer');
  return { name: typeof name === 'string' ? name : '', key, secret: createSecret(secret) };
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
}

function invalidKey(role: string, why: string): ExoRunnerError {
  return new ExoRunnerError(`Cannot use the API key of role "${role}": ${why}`, {
    code: 'invalid-key',
  });
}
