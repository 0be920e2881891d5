import { verify as verifyBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  createKeylessSigner,
  createKeySigner,
  createStatement,
  signStatement,
  verifyAttestation,
} from '../src/index.ts';
import { clockAfter, facts, subject } from './support/facts.ts';
import { algorithms, writeKeys } from './support/keys.ts';
import { refusalOf } from './support/refusal.ts';

const HOUR_MS = 3_600_000;

async function openBench(algorithm = 'ed25519') {
  const folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  const keys = await writeKeys(folder.path, 'key', algorithm);
  const signed = await signStatement(
    createStatement(facts),
    await createKeySigner({ keyFile: keys.keyFile }),
  );
  const trust = { kind: 'key', publicKeyFile: keys.publicKeyFile } as const;
  return {
    folder: folder.path,
    keys,
    signed,
    envelope: JSON.parse(signed),
    verify: async (text: string, options: object = {}) =>
      await verifyAttestation(text, { trust, subject, clock: clockAfter(HOUR_MS), ...options }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
}

test.each(algorithms)('verifyAttestation() believes what a key of %s has signed', async (name) => {
  await using bench = await openBench(name);
  const { statement, signedBy } = await bench.verify(bench.signed);
  expect(statement).toEqual(createStatement(facts));
  expect(signedBy).toMatch(/^key [0-9a-f]{16}$/);
});

test('createKeySigner() makes a DSSE envelope that any other tool can verify', async () => {
  await using bench = await openBench();
  const { payloadType, payload, signatures } = bench.envelope;
  const body = Buffer.from(payload, 'base64').toString();
  const signedText = `DSSEv1 28 application/vnd.in-toto+json ${Buffer.byteLength(body)} ${body}`;
  expect(payloadType).toBe('application/vnd.in-toto+json');
  const publicKey = readFileSync(bench.keys.publicKeyFile);
  const signature = Buffer.from(signatures[0].sig, 'base64');
  expect(verifyBytes(null, Buffer.from(signedText), publicKey, signature)).toBe(true);
});

test('verifyAttestation() refuses a statement that was changed after it was signed', async () => {
  await using bench = await openBench();
  const changed = createStatement({ ...facts, parameters: { app: 'hello', version: 'v2' } });
  const payload = Buffer.from(JSON.stringify(changed)).toString('base64');
  expect(await refusalOf(bench.verify(JSON.stringify({ ...bench.envelope, payload })))).toBe(
    'tampered: The signature is not of this statement: it was changed',
  );
});

test('verifyAttestation() refuses what another key has signed', async () => {
  await using bench = await openBench();
  const other = await writeKeys(bench.folder, 'other');
  const trust = { kind: 'key', publicKeyFile: other.publicKeyFile };
  expect(await refusalOf(bench.verify(bench.signed, { trust }))).toMatch(
    /^wrong-key: It is signed by the key "[0-9a-f]{16}", not by "[0-9a-f]{16}"$/,
  );
});

test('verifyAttestation() does not believe a key id', async () => {
  await using bench = await openBench();
  const other = await writeKeys(bench.folder, 'other');
  const forged = JSON.parse(
    await signStatement(createStatement(facts), await createKeySigner({ keyFile: other.keyFile })),
  );
  forged.signatures[0].keyid = bench.envelope.signatures[0].keyid;
  expect(await refusalOf(bench.verify(JSON.stringify(forged)))).toMatch(/^tampered: /);
});

test.each([
  [
    'another template',
    { name: 'exoscale://ch-gva-2/template/t-2', digests: subject.digests },
    'wrong-subject: It is about "exoscale://ch-gva-2/template/t-1", not about "exoscale://ch-gva-2/template/t-2"',
  ],
  [
    'another image',
    { name: subject.name, digests: { sha256: '00'.repeat(32) } },
    `wrong-digest: It states the sha256 "${subject.digests.sha256}" for "${subject.name}", which has "${'00'.repeat(32)}"`,
  ],
  [
    'a digest it does not state',
    { name: subject.name, digests: { sha512: '00' } },
    `wrong-digest: It states the sha512 "none" for "${subject.name}", which has "00"`,
  ],
])('verifyAttestation() refuses a statement about %s', async (_, expected, refusal) => {
  await using bench = await openBench();
  expect(await refusalOf(bench.verify(bench.signed, { subject: expected }))).toBe(refusal);
});

test('verifyAttestation() refuses what is too old, and what is of the future', async () => {
  await using bench = await openBench();
  const at = (ms: number) => ({ maxAgeMs: HOUR_MS, clock: clockAfter(ms) });
  await expect(bench.verify(bench.signed, at(HOUR_MS))).resolves.toBeDefined();
  expect(await refusalOf(bench.verify(bench.signed, at(2 * HOUR_MS)))).toBe(
    'expired: It is of 2026-11-22T12:00:10.000Z: 2.0 h old, and may be 1.0 h at most',
  );
  expect(await refusalOf(bench.verify(bench.signed, at(-HOUR_MS)))).toBe(
    'expired: It is of 2026-11-22T12:00:10.000Z, which has not come yet',
  );
});

test('verifyAttestation() calls what nobody has signed a build manifest', async () => {
  await using bench = await openBench();
  const unsigned =
    'unsigned: It is a build manifest, not signed provenance: anybody could have written it';
  expect(await refusalOf(bench.verify(JSON.stringify(createStatement(facts))))).toBe(unsigned);
  expect(await refusalOf(bench.verify(JSON.stringify({ ...bench.envelope, signatures: [] })))).toBe(
    unsigned,
  );
});

test.each(['', '[]x', 'null', '[]', '{}', '{"payload":1}', '{"mediaType":"x"}'])(
  'verifyAttestation() calls %j malformed',
  async (text) => {
    await using bench = await openBench();
    expect(await refusalOf(bench.verify(text))).toMatch(/^malformed: /);
  },
);

test('verifyAttestation() refuses another predicate, even one that is signed', async () => {
  await using bench = await openBench();
  const signer = await createKeySigner({ keyFile: bench.keys.keyFile });
  const other = { ...createStatement(facts), predicateType: 'https://example.com/vouch/v1' };
  const text = await signer.sign(Buffer.from(JSON.stringify(other)), {});
  expect(await refusalOf(bench.verify(text))).toBe(
    'malformed: Cannot read the provenance: its predicate is no "https://slsa.dev/provenance/v1"',
  );
});

test('createKeySigner() says what is wrong with a key file, and never what it holds', async () => {
  await using bench = await openBench();
  const rsa = await writeKeys(bench.folder, 'rsa', 'rsa');
  expect(await refusalOf(createKeySigner({ keyFile: rsa.keyFile }))).toContain(
    'its algorithm is rsa: Ed25519, P-256 or P-384 will do',
  );
  const broken = join(bench.folder, 'broken.pem');
  const pem = await readFile(bench.keys.keyFile, 'utf8');
  await writeFile(broken, pem.replace('-----END', '----END'));
  const refusal = await refusalOf(createKeySigner({ keyFile: broken }));
  expect(refusal).toBe(
    `key-unusable: Cannot use the key file "${broken}": it holds no unencrypted key in PEM`,
  );
  expect(await refusalOf(createKeySigner({ keyFile: join(bench.folder, 'none') }))).toContain(
    'there is no such file',
  );
  const trust = { kind: 'key', publicKeyFile: bench.keys.keyFile };
  expect(await refusalOf(bench.verify(bench.signed, { trust }))).toContain(
    'it holds a private key; only the public one belongs here',
  );
});

test('options that do not exist are errors', async () => {
  await using bench = await openBench();
  const { keyFile } = bench.keys;
  await expect(createKeySigner({ keyFile, passphrase: 'x' } as never)).rejects.toThrow(
    new TypeError('Unknown option of createKeySigner: "passphrase"'),
  );
  await expect(bench.verify(bench.signed, { maxAge: 1 })).rejects.toThrow(TypeError);
});

test.each([
  ['no subject', { subject: undefined }, 'Option "subject" must have a name and digests'],
  ['no trust', { trust: undefined }, 'Option "trust" must be of kind "key" or "keyless"'],
])('verifyAttestation() refuses %s to compare with', async (_what, options, message) => {
  await using bench = await openBench();
  const verifying = bench.verify(bench.signed, options);
  await expect(verifying).rejects.toThrow(new TypeError(message));
});

test('createKeySigner(), createKeylessSigner() and verifyAttestation() name what is missing', async () => {
  await expect(createKeySigner(undefined as never)).rejects.toThrow('Missing options of createKey');
  await expect(verifyAttestation('{}', undefined as never)).rejects.toThrow('Missing options of');
  expect(() => createKeylessSigner({} as never)).toThrow('Option "identityToken" must have');
});

test('signStatement() and verifyAttestation() end with the reason of the signal', async () => {
  await using bench = await openBench();
  const reason = new RangeError('enough');
  const signal = AbortSignal.abort(reason);
  const signer = await createKeySigner({ keyFile: bench.keys.keyFile });
  await expect(signStatement(createStatement(facts), signer, { signal })).rejects.toBe(reason);
  await expect(bench.verify(bench.signed, { signal })).rejects.toBe(reason);
});
