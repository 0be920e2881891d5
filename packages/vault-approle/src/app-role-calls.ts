import type { Call, Classification } from './call.ts';
import type { BrokerCredential } from './login-options.ts';

/** `POST auth/<mount>/login`: the only call without a token. */
export function loginCall(
  mountPath: string,
  { roleId, secretId }: { readonly roleId: string; readonly secretId: string },
): Call {
  return {
    action: 'log in',
    method: 'POST',
    path: `auth/${mountPath}/login`,
    template: `auth/${mountPath}/login`,
    body: { role_id: roleId, secret_id: secretId },
    repeatWhenAmbiguous: false,
    codeWhenMalformed: 'not-logged-in',
    classify: classifyLogin,
  };
}

/** `POST auth/<mount>/role/:name/secret-id`; a repeated call leaves an unused secret id behind until its TTL. */
export function secretIdCall(
  mountPath: string,
  { roleName, metadata, wrapTtlMs }: BrokerCredential,
): Call {
  return {
    action: `create a secret id for role "${roleName}"`,
    method: 'POST',
    path: `auth/${mountPath}/role/${encodeURIComponent(roleName)}/secret-id`,
    template: `auth/${mountPath}/role/:name/secret-id`,
    // Vault wants the metadata as JSON inside a string.
    body: metadata === undefined ? {} : { metadata: JSON.stringify(metadata) },
    ...(wrapTtlMs !== undefined && { wrapTtlSeconds: wrapTtlMs / 1_000 }),
    repeatWhenAmbiguous: true,
    classify: (status) =>
      status === 403
        ? {
            code: 'denied',
            hint: `the broker token is invalid, expired, or may not do this${wrapTtlMs === undefined ? '; its policy may also demand wrapping (min_wrapping_ttl)' : ''}`,
          }
        : undefined,
  };
}

function classifyLogin(status: number, message: string): Classification | undefined {
  if (status !== 400) return undefined;
  if (/unauthorized by CIDR/i.test(message)) {
    return { code: 'denied', hint: 'the secret id may be spent all the same' };
  }
  if (/role or secret id|role_id|secret_id/i.test(message)) {
    return {
      code: 'invalid-credentials',
      hint: 'wrong, expired, used up or destroyed: Vault does not say which',
    };
  }
  return undefined;
}
