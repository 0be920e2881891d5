import { z } from 'zod';
import { duration, name, pattern } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** How jobs log in to Vault. Nothing secret: only where the secret is found. */
export type LoginConfig =
  /** The job's JWT when there is one, else the broker's token. */
  | { readonly kind: 'auto' }
  | {
      readonly kind: 'jwt';
      readonly from: string;
      /** Absent: the name of the AppRole and that of the stage, joined by a dash. */
      readonly role?: string | undefined;
      readonly mount: string;
    }
  | {
      readonly kind: 'broker';
      readonly from: string;
      /** Absent: not wrapped. */
      readonly wrapTtlMs?: number | undefined;
      readonly renew: boolean;
    }
  | { readonly kind: 'secret-id'; readonly from: string }
  | {
      readonly kind: 'wrapped-secret-id';
      readonly from: string;
      /** Absent: not looked at. */
      readonly ttlMs?: number | undefined;
      readonly creationPath?: string | undefined;
    };

const from = pattern(
  /^(?:env:[A-Za-z_]\w*|file:[^\0]+|stdin)$/,
  'Expected "env:NAME", "file:PATH" or "stdin"; never the secret itself',
);

const seconds = duration.refine((ms) => ms % 1_000 === 0, { error: 'Expected whole seconds' });

export const loginSchema: z.ZodType<LoginConfig, { readonly kind: LoginConfig['kind'] }> =
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('auto').describe('`auto`: the job’s JWT when there is one, else a broker'),
    }),
    z.strictObject({
      kind: z.literal('jwt').describe('`jwt`: with a token that GitLab signs for the job'),
      from: from.prefault('env:VAULT_ID_TOKEN').describe('`jwt`: where the token is'),
      role: name.optional().describe('`jwt`: role of the JWT method; default: `<appRole>-<stage>`'),
      mount: name.prefault('jwt').describe('`jwt`: where the method is mounted, below `auth/`'),
    }),
    z
      .strictObject({
        kind: z.literal('broker').describe('`broker`: with a token that may create secret ids'),
        from: from.prefault('env:VAULT_TOKEN').describe('`broker`: where the token is'),
        wrapTtl: seconds
          .optional()
          .describe('`broker`: ask for a wrapped secret id, as a policy may demand'),
        renew: z.boolean().prefault(true).describe('`broker`: renew the token at each use'),
      })
      .transform((login) => inMilliseconds(login, 'wrapTtl')),
    z.strictObject({
      kind: z.literal('secret-id').describe('`secret-id`: with one that somebody delivered'),
      from: from.prefault('env:VAULT_SECRET_ID').describe('`secret-id`: where it is'),
    }),
    z
      .strictObject({
        kind: z
          .literal('wrapped-secret-id')
          .describe('`wrapped-secret-id`: with one that somebody delivered in a wrapping token'),
        from: from
          .prefault('env:VAULT_WRAPPED_SECRET_ID')
          .describe('`wrapped-secret-id`: where the wrapping token is'),
        ttl: seconds
          .optional()
          .describe('`wrapped-secret-id`: the TTL agreed on; another one is an alarm'),
        creationPath: name
          .optional()
          .describe('`wrapped-secret-id`: path it must come from; default: that of `appRole`'),
      })
      .transform((login) => inMilliseconds(login, 'ttl')),
  ]) as z.ZodType<LoginConfig, { readonly kind: LoginConfig['kind'] }>;
