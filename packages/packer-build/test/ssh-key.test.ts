import { spawnSync } from 'node:child_process';
import { createPublicKey, sign, verify } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSshKey } from '../src/index.ts';

const hasSsh = spawnSync('ssh-keygen', ['-?']).error === undefined;

test('createSshKey() makes a key of its own each time, and shows only the public half', () => {
  const [one, other] = [createSshKey(), createSshKey()];
  expect(one.publicKey).toMatch(
    /^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43} packer-build$/,
  );
  expect(one.publicKey).not.toBe(other.publicKey);
  const body = one.privateKey.reveal().split('\n')[2] ?? '';
  expect(body).toHaveLength(70);
  expect(`${inspect(one, { depth: 9 })}${JSON.stringify(one)}`).not.toContain(body);
});

test('createSshKey() writes both halves of one key', () => {
  const { publicKey, privateKey } = createSshKey();
  const blob = Buffer.from(privateKey.reveal().split('\n').slice(1, -2).join(''), 'base64');
  const point = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64').subarray(-32);
  // The private section ends with seed and point in 64 bytes, the comment, and padding.
  const at = blob.lastIndexOf(point);
  const seed = blob.subarray(at - 32, at);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') };
  const message = Buffer.from('hello');
  const signature = sign(null, message, {
    key: { ...jwk, d: seed.toString('base64url') },
    format: 'jwk',
  });
  expect(verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(true);
});

test.skipIf(!hasSsh)('createSshKey() is read by OpenSSH', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pb-'));
  const { publicKey, privateKey } = createSshKey();
  const file = join(folder.path, 'key');
  await writeFile(file, privateKey.reveal(), { mode: 0o600 });
  const { stdout } = spawnSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
  expect(stdout.trim()).toBe(publicKey);
});
