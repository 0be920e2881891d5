import { hash } from 'node:crypto';
import type { Context } from './context.ts';
import type { Operation, Operations } from './operations.ts';
import { notFound, Refusal } from './refusal.ts';

export interface SshKey {
  readonly name: string;
  /** MD5 of the key's blob, `aa:bb:…`. */
  readonly fingerprint: string;
}

export interface SshKeys {
  list(): readonly SshKey[];
  get(name: string): SshKey;
  /** `publicKey` as in an `authorized_keys` file. */
  register(zone: string, name: string, publicKey: string): Operation;
  delete(zone: string, name: string): Operation;
}

export function createSshKeys(context: Context, operations: Operations): SshKeys {
  const records = new Map<string, SshKey & { readonly id: string }>();

  function get(name: string): SshKey & { readonly id: string } {
    const key = records.get(name);
    if (key === undefined) throw notFound('SSH key', name);
    return key;
  }

  /** The key is there (or gone) at once: the clients read it back without waiting for the operation. */
  function done(zone: string, command: string, id: string, name: string): Operation {
    const subject = { zone, command, referenceId: id, link: `/v2/ssh-key/${name}` };
    return operations.run(subject, { apply: (running) => running.succeed() });
  }

  return {
    list: () => [...records.values()],
    get,
    register(zone, name, publicKey) {
      if (records.has(name)) throw new Refusal('conflict', `SSH key "${name}" already exists`);
      const blob = publicKey.trim().split(/\s+/)[1];
      if (blob === undefined) throw new Refusal('invalid', 'Invalid parameter: public-key');
      const digest = hash('md5', Buffer.from(blob, 'base64'), 'hex');
      const fingerprint = digest.match(/../g)?.join(':') ?? digest;
      const id = context.newId('ssh-key');
      records.set(name, { id, name, fingerprint });
      return done(zone, 'register-ssh-key', id, name);
    },
    delete(zone, name) {
      const { id } = get(name);
      records.delete(name);
      return done(zone, 'delete-ssh-key', id, name);
    },
  };
}
