import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

/** A throw-away Ed25519 key. */
export interface SshKey {
  /** As a line of `authorized_keys`. */
  readonly publicKey: string;
  /** As OpenSSH and Packer read it from a file. */
  readonly privateKey: Secret;
}

const TYPE = 'ssh-ed25519';
const COMMENT = 'packer-build';
/** What padding fills up to when there is no cipher. */
const BLOCK_BYTES = 8;
const LINE_LENGTH = 70;

/** Makes a key in memory, for one build and its verification. */
export function createSshKey(): SshKey {
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const publicBlob = Buffer.concat([text(TYPE), text(point)]);
  const pem = encodePrivateKey(publicBlob, seed, point);
  return {
    publicKey: `${TYPE} ${publicBlob.toString('base64')} ${COMMENT}`,
    privateKey: { reveal: () => pem },
  };
}

/** `openssh-key-v1`, without a passphrase: what every SSH client reads, unlike PKCS #8. */
function encodePrivateKey(publicBlob: Buffer, seed: Buffer, point: Buffer): string {
  const check = randomBytes(4);
  const secrets = Buffer.concat([
    check,
    check,
    text(TYPE),
    text(point),
    text(Buffer.concat([seed, point])),
    text(COMMENT),
  ]);
  const padding = Buffer.from(
    Array.from({ length: -secrets.length & (BLOCK_BYTES - 1) }, (_, index) => index + 1),
  );
  const envelope = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    // Cipher, key derivation and its options.
    text('none'),
    text('none'),
    text(''),
    number(1),
    text(publicBlob),
    text(Buffer.concat([secrets, padding])),
  ]);
  const lines = envelope.toString('base64').match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')) ?? [];
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`);
  return `${[begin, ...lines, end].join('\n')}\n`;
}

function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
