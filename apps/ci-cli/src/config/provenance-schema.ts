import { z } from 'zod';
import { duration, path, pattern, serviceUrl } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** With what `build` signs. */
export type SigningConfig =
  /** Relative to the folder of exoship.yaml. */
  | { readonly kind: 'key'; readonly keyFile?: string | undefined }
  | {
      readonly kind: 'keyless';
      /** Where the identity token is. */
      readonly from: string;
      readonly fulcio: string;
      readonly rekor: string;
    };

/** What `deploy` asks for. */
export interface ProvenanceConfig {
  readonly require: TrustConfig;
  /** Absent: any age will do. */
  readonly maxAgeMs?: number | undefined;
}

export type TrustConfig =
  | { readonly kind: 'key'; readonly publicKeyFile: string }
  | {
      readonly kind: 'keyless';
      readonly issuer: string;
      readonly identity: string;
      /** Absent: the root of the public Sigstore is fetched. */
      readonly trustedRootFile?: string | undefined;
    };

const from = pattern(
  /^(?:env:[A-Za-z_]\w*|file:[^\0]+)$/,
  'Expected "env:NAME" or "file:PATH"; never the token itself',
);
const identity = pattern(
  /^[^\s*]+\*?$/,
  'Expected the name in the certificate, with a "*" at its end at most',
);

export const signingSchema: z.ZodType<SigningConfig> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('key').describe('`key`: with a private key'),
    keyFile: path
      .optional()
      .describe('`key`: PEM of an Ed25519, P-256 or P-384 key; only read, never copied'),
  }),
  z.strictObject({
    kind: z
      .literal('keyless')
      .describe(
        '`keyless`: with Sigstore, as the job itself; names of project, branch and commit become public for good',
      ),
    from: from
      .prefault('env:SIGSTORE_ID_TOKEN')
      .describe('`keyless`: where the job’s token for the audience `sigstore` is'),
    fulcio: serviceUrl
      .prefault('https://fulcio.sigstore.dev')
      .describe('`keyless`: who issues the certificate'),
    rekor: serviceUrl
      .prefault('https://rekor.sigstore.dev')
      .describe('`keyless`: who keeps the public log'),
  }),
]) as z.ZodType<SigningConfig>;

const trustSchema: z.ZodType<TrustConfig> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('key').describe('`key`: signed by one key'),
    publicKeyFile: path.describe('`key`: PEM of its public half'),
  }),
  z.strictObject({
    kind: z.literal('keyless').describe('`keyless`: signed by a job, as Sigstore certifies'),
    issuer: pattern(/^https:\/\/\S+$/, 'Expected an https URL').describe(
      '`keyless`: who vouched for the job, such as `https://gitlab.com`',
    ),
    identity: identity.describe(
      '`keyless`: the job’s file and branch, such as `https://gitlab.com/group/project//.gitlab-ci.yml@refs/heads/main`; a `*` at its end stands for anything',
    ),
    trustedRootFile: path
      .optional()
      .describe('`keyless`: a `trusted_root.json`; default: that of the public Sigstore, by TUF'),
  }),
]);

export const provenanceSchema: z.ZodType<ProvenanceConfig> = z
  .strictObject({
    require: trustSchema.describe('By whom the provenance of the template must be signed'),
    maxAge: duration.optional().describe('Longest time since the build; default: any'),
  })
  .transform((provenance) => inMilliseconds(provenance, 'maxAge')) as z.ZodType<ProvenanceConfig>;
