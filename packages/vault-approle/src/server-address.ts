import { VaultError } from './vault-error.ts';

/** Origin of a Vault server; https only, except for loopback hosts. */
export function parseServerAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Neither message quotes the address: it may be mistyped around a password.
  if (url === undefined) {
    throw new TypeError(
      'Invalid Vault address: want a URL such as "https://vault.example.com:8200"',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('Invalid Vault address: it holds a user name or password');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new TypeError(`Invalid Vault address: want https, got scheme "${url.protocol}"`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || /[?#]$/.test(address)) {
    throw new TypeError(
      `Invalid Vault address "${url.origin}/…": want scheme, host and port only (a namespace is an option)`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new VaultError(`Cannot use Vault at "${url.origin}": http is allowed to loopback only`, {
      code: 'insecure-address',
      path: '',
      retryable: false,
    });
  }
  return url;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
