import { checkMountPath, checkRoleName } from './api-path.ts';
import { checkSecretText, refuseUnknownKeys } from './check-text.ts';
import {
  type ConnectionOptions,
  type ConnectionSettings,
  checkConnection,
  connectionKeys,
} from './connection-options.ts';
import type { Secret } from './secret.ts';

export interface JwtLoginOptions extends ConnectionOptions {
  /** A token that the platform signed for this job, such as one of GitLab's `id_tokens`. */
  readonly jwt: Secret;
  /** Role of the JWT method. @default the method's own default role */
  readonly role?: string | undefined;
  /** @default 'jwt' */
  readonly mountPath?: string | undefined;
}

/** Options after the door: checked, with defaults. */
export interface JwtLoginSettings extends ConnectionSettings {
  readonly jwt: Secret;
  readonly role: string | undefined;
  readonly mountPath: string;
}

const jwtKeys = { ...connectionKeys, jwt: true, role: true, mountPath: true } as const;
const longestJwtBytes = 65_536;

/** @throws {TypeError | RangeError} for anything malformed; {VaultError} `insecure-address` for remote http. */
export function checkJwtLoginOptions(options: JwtLoginOptions): JwtLoginSettings {
  refuseUnknownKeys('loginWithJwt()', options, jwtKeys);
  const jwt = checkSecretText('JWT', options.jwt, longestJwtBytes);
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(jwt)) {
    throw new TypeError('Invalid JWT: want three parts joined by "."');
  }
  return {
    ...checkConnection(options),
    jwt: options.jwt,
    role: options.role === undefined ? undefined : checkRoleName(options.role),
    mountPath: checkMountPath(options.mountPath ?? 'jwt'),
  };
}
