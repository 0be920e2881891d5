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
import { facts, subject } from './support/facts.ts';
import { writeKeys } from './support/keys.ts';
import { refusalOf } from './support/refusal.ts';
import { startSigstore, tokenFor } from './support/sigstore.ts';

const issuer = 'https://gitlab.com';
const identity = 'https://gitlab.com/demo/hello//.gitlab-ci.yml@refs/heads/main';

async function openBench(at: { clock?: Date } = {}) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'exoship-test-'));
  const sigstore = await startSigstore(folder.path, at);
  const { url, trustedRootFile } = sigstore;
  const sign = async (identityToken = tokenFor(identity)) =>
    await signStatement(
      createStatement(facts),
      createKeylessSigner({ identityToken, fulcioUrl: url, rekorUrl: url, timeoutMs: 5_000 }),
    );
  return {
    folder: folder.path,
    sigstore,
    sign,
    verify: async (text: string, trust: object = {}) =>
      await verifyAttestation(text, {
        trust: { kind: 'keyless', issuer, identity, trustedRootFile, ...trust },
        subject,
      }),
    async [Symbol.asyncDispose]() {
      await sigstore[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('verifyAttestation() believes whom the certificate names, and what the log has seen', async () => {
  await using bench = await openBench();
  const signed = await bench.sign();
  expect(JSON.parse(signed).mediaType).toMatch(/^application\/vnd\.dev\.sigstore\.bundle/);
  const { statement, signedBy } = await bench.verify(signed);
  expect(statement).toEqual(createStatement(facts));
  expect(signedBy).toBe(`${identity} (${issuer})`);
});

test('verifyAttestation() takes a star at the end of an identity for anything, and nowhere else', async () => {
  await using bench = await openBench();
  const signed = await bench.sign();
  const project = 'https://gitlab.com/demo/hello//.gitlab-ci.yml@';
  await expect(bench.verify(signed, { identity: `${project}*` })).resolves.toBeDefined();
  for (const wanted of [
    `${project}refs/tags/*`,
    'https://gitlab.com/.*/main',
    identity.slice(0, -1),
  ]) {
    expect(await refusalOf(bench.verify(signed, { identity: wanted }))).toBe(
      `wrong-identity: It is signed by "${identity}", not by "${wanted}"`,
    );
  }
});

test('verifyAttestation() refuses another issuer', async () => {
  await using bench = await openBench();
  const signed = await bench.sign(tokenFor(identity, { iss: 'https://evil.example' }));
  expect(await refusalOf(bench.verify(signed))).toBe(
    'wrong-issuer: "https://evil.example" vouched for the signer, not "https://gitlab.com"',
  );
});

test('verifyAttestation() refuses a statement that was changed after it was signed', async () => {
  await using bench = await openBench();
  const bundle = JSON.parse(await bench.sign());
  const changed = createStatement({ ...facts, parameters: { app: 'hello', version: 'v2' } });
  bundle.dsseEnvelope.payload = Buffer.from(JSON.stringify(changed)).toString('base64');
  expect(await refusalOf(bench.verify(JSON.stringify(bundle)))).toMatch(/^tampered: /);
});

test('verifyAttestation() refuses the certificates of another Sigstore', async () => {
  await using bench = await openBench();
  await using other = await openBench();
  expect(await refusalOf(bench.verify(await other.sign()))).toMatch(
    /^not-trusted: It does not lead to the trusted root: /,
  );
});

test('verifyAttestation() refuses a bundle without an entry in the log', async () => {
  await using bench = await openBench();
  const bundle = JSON.parse(await bench.sign());
  bundle.verificationMaterial.tlogEntries = [];
  expect(await refusalOf(bench.verify(JSON.stringify(bundle)))).toMatch(/^not-trusted: /);
});

test('verifyAttestation() refuses a certificate that was over when it signed', async () => {
  await using bench = await openBench({ clock: new Date(Date.now() - 3_600_000) });
  expect(await refusalOf(bench.verify(await bench.sign()))).toBe(
    'expired: The certificate was not good when it signed',
  );
});

test('verifyAttestation() takes no bare key for an identity, and no identity for a key', async () => {
  await using bench = await openBench();
  const keys = await writeKeys(bench.folder);
  const byKey = await signStatement(
    createStatement(facts),
    await createKeySigner({ keyFile: keys.keyFile }),
  );
  expect(await refusalOf(bench.verify(byKey))).toMatch(/^wrong-issuer: /);
  const trust = { kind: 'key', publicKeyFile: keys.publicKeyFile } as const;
  expect(await refusalOf(verifyAttestation(await bench.sign(), { trust, subject }))).toMatch(
    /^wrong-key: /,
  );
});

test('createKeylessSigner() sends the token to Fulcio only', async () => {
  await using bench = await openBench();
  const token = tokenFor(identity);
  const signed = await bench.sign(token);
  const holding = bench.sigstore.requests.filter((body) => body.includes(token.reveal()));
  expect(bench.sigstore.requests).toHaveLength(2);
  expect(holding).toEqual([bench.sigstore.requests[0]]);
  expect(signed).not.toContain(token.reveal());
});

test('createKeylessSigner() refuses a token that is none, or is over', async () => {
  await using bench = await openBench();
  expect(await refusalOf(bench.sign({ reveal: () => 's3cret' }))).toBe(
    'token-unusable: Cannot use the identity token: it is no JSON web token with a subject',
  );
  expect(await refusalOf(bench.sign(tokenFor(identity, { exp: 1_000 })))).toBe(
    'token-unusable: Cannot use the identity token: it was good until 1970-01-01T00:16:40.000Z',
  );
});

test('signStatement() says who did not answer, and nothing of the token', async () => {
  await using bench = await openBench();
  const { url } = bench.sigstore;
  await bench.sigstore[Symbol.asyncDispose]();
  const token = tokenFor(identity);
  const signer = createKeylessSigner({ identityToken: token, fulcioUrl: url, rekorUrl: url });
  const error = await signStatement(createStatement(facts), signer).catch((reason) => reason);
  expect(error.message).toBe(`Cannot sign: Fulcio at ${url}: it could not be reached`);
  expect(error).toMatchObject({ code: 'signing-failed', retryable: true });
  expect(error).not.toHaveProperty('cause');
});

test('verifyAttestation() says when the trusted root cannot be used, or fetched', async () => {
  await using bench = await openBench();
  const signed = await bench.sign();
  const missing = join(bench.folder, 'missing.json');
  expect(await refusalOf(bench.verify(signed, { trustedRootFile: missing }))).toBe(
    `trust-unusable: Cannot use the trusted root "${missing}": there is no such file`,
  );
  const broken = join(bench.folder, 'broken.json');
  await writeFile(broken, '{');
  expect(await refusalOf(bench.verify(signed, { trustedRootFile: broken }))).toContain(
    'it is no trusted_root.json',
  );
  const cacheFolder = join(bench.folder, 'tuf');
  const mirrorUrl = bench.sigstore.url;
  expect(
    await refusalOf(bench.verify(signed, { trustedRootFile: undefined, cacheFolder, mirrorUrl })),
  ).toMatch(/^trust-unusable: Cannot fetch the trusted root of Sigstore: /);
  expect(await readFile(bench.sigstore.trustedRootFile, 'utf8')).toContain('tlogs');
});
