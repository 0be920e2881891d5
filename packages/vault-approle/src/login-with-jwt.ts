import type { Call, Classification } from './call.ts';
import {
  checkJwtLoginOptions,
  type JwtLoginOptions,
  type JwtLoginSettings,
} from './jwt-options.ts';
import { createLoginContext } from './login-context.ts';
import { createVaultSession, type VaultSession } from './vault-session.ts';

/**
 * Logs in to Vault with a JWT that the platform signed for this job, so that no credential has to be stored anywhere,
 * and returns the session of a service token. Dispose of it to revoke the token and everything leased with it.
 *
 * @throws {VaultError} when Vault gives no usable token
 */
export async function loginWithJwt(options: JwtLoginOptions): Promise<VaultSession> {
  const settings = checkJwtLoginOptions(options);
  settings.signal?.throwIfAborted();
  const login = createLoginContext(settings);
  login.calls.scrubber.add(settings.jwt.reveal());
  const token = await login.submit(jwtLoginCall(settings));
  return createVaultSession({ client: login.connect(token.value), context: login.calls, token });
}

/** A JWT may be shown any number of times until it expires; a lost answer leaves a token behind until its TTL. */
function jwtLoginCall({ mountPath, role, jwt }: JwtLoginSettings): Call {
  return {
    action: 'log in with a JWT',
    method: 'POST',
    path: `auth/${mountPath}/login`,
    template: `auth/${mountPath}/login`,
    body: { jwt: jwt.reveal(), ...(role !== undefined && { role }) },
    repeatWhenAmbiguous: true,
    codeWhenMalformed: 'not-logged-in',
    classify: classifyJwtLogin,
  };
}

function classifyJwtLogin(status: number, message: string): Classification | undefined {
  if (status === 403) {
    return { code: 'denied', hint: 'the role is bound to other addresses than this one' };
  }
  const isVerdict = status === 400 && /token|claim|role|audience/i.test(message);
  if (!isVerdict) return undefined;
  const isOld = /expired|not yet valid|issued in the future/i.test(message);
  const hint = isOld
    ? 'the job may have waited for too long before it logged in, or a clock is wrong'
    : 'compare the claims of the JWT with the bound audiences and claims of the role';
  return { code: 'invalid-credentials', hint };
}
