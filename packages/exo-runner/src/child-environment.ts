import type { Credentials } from './credentials.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command line tool needs to run, find its certificates and reach the network. */
export const defaultInherit: readonly string[] = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TERM',
  'TZ',
  'TMPDIR',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

/** Every name under which some Exoscale tool looks for credentials; the first one set wins there. */
const credentialNames: ReadonlySet<string> = new Set([
  'EXOSCALE_API_KEY',
  'EXOSCALE_KEY',
  'CLOUDSTACK_KEY',
  'CLOUDSTACK_API_KEY',
  'EXOSCALE_API_SECRET',
  'EXOSCALE_SECRET',
  'EXOSCALE_SECRET_KEY',
  'CLOUDSTACK_SECRET',
  'CLOUDSTACK_SECRET_KEY',
]);

/**
 * Names that never pass, whatever is inherited: other identities, switches that print secrets (`EXOSCALE_TRACE` dumps
 * the requests with their signatures), and switches that load code into the child.
 */
const neverInherited: readonly RegExp[] = [
  /^(?:VAULT|BAO)_/,
  /^(?:.*_)?ID_TOKEN$/,
  /^CI_JOB_(?:TOKEN|JWT.*)$/,
  /^EXOSCALE_(?:TRACE|CONFIG|ACCOUNT)$/,
  /^NODE_(?:OPTIONS|DEBUG|V8_COVERAGE)$/,
  /^(?:DEBUG|BASH_ENV|ENV|SHELLOPTS|PS4)$/,
  /^(?:LD|DYLD)_/,
];

/** Names that pass when spelled out, but not by a pattern such as `CI_*`. */
const onlyByName = /(?:TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIALS?|_KEY)$/;

interface EnvironmentParts {
  readonly credentials: Credentials;
  readonly env: Environment;
  readonly inherit: readonly string[];
  readonly extraEnv: Environment;
}

/** The whole environment of the child: what may pass, what was asked for, and one pair of credentials. */
export function buildChildEnvironment(parts: EnvironmentParts): Record<string, string> {
  const child: Record<string, string> = {};
  for (const [name, value] of Object.entries(parts.env)) {
    if (value !== undefined && mayPass(name, parts.inherit)) child[name] = value;
  }
  for (const [name, value] of Object.entries(parts.extraEnv)) {
    if (value !== undefined) child[name] = value;
  }
  child.EXOSCALE_API_KEY = parts.credentials.key;
  child.EXOSCALE_API_SECRET = parts.credentials.secret.reveal();
  return child;
}

/** @throws {TypeError} for a name that asks for what never passes */
export function checkEnvironmentNames(inherit: readonly string[], extraEnv: Environment): void {
  for (const name of inherit) {
    if (!/^[A-Za-z_]\w*\*?$/.test(name)) {
      throw new TypeError(
        `Invalid name in inherit: ${JSON.stringify(name)}, want a name or "PREFIX_*"`,
      );
    }
    if (isForbidden(name))
      throw new TypeError(`Cannot inherit "${name}": it never goes to a child`);
  }
  const credential = Object.keys(extraEnv).find((name) => credentialNames.has(name));
  if (credential !== undefined) {
    throw new TypeError(
      `Cannot set "${credential}" in extraEnv: credentials are an option of their own`,
    );
  }
}

function mayPass(name: string, inherit: readonly string[]): boolean {
  if (isForbidden(name)) return false;
  if (inherit.includes(name)) return true;
  const isMatched = inherit.some(
    (pattern) => pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)),
  );
  return isMatched && !onlyByName.test(name);
}

function isForbidden(name: string): boolean {
  return credentialNames.has(name) || neverInherited.some((pattern) => pattern.test(name));
}
