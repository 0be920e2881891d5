import type { Call } from './call.ts';
import type { LoginSettings } from './login-options.ts';
import { type Answer, type CallContext, performCall } from './perform-call.ts';
import { createScrubber } from './scrubber.ts';
import { createSecret } from './secret.ts';
import { createVaultClient, type VaultClient } from './vault-client.ts';

/** What the steps of one login share, its deadline above all. */
export interface LoginContext {
  readonly settings: LoginSettings;
  readonly calls: CallContext;
  readonly deadlineAtMs: number;
  /** A client of its own for every token: node-vault keeps the token in the client. */
  connect(token: string | undefined): VaultClient;
  perform(client: VaultClient, call: Call): Promise<Answer>;
  /** Makes a new secret known to the scrubber, then to the caller, before anything can print it. */
  readonly announce: (value: string) => void;
}

export function createLoginContext(settings: LoginSettings): LoginContext {
  const { address, namespace, ca, clock, signal } = settings;
  const calls: CallContext = { ...settings, scrubber: createScrubber() };
  const deadlineAtMs = clock.monotonicMs() + settings.deadlineMs;
  return {
    settings,
    calls,
    deadlineAtMs,
    connect: (token) => createVaultClient({ address, namespace, ca, token }),
    perform: (client, call) => performCall(client, call, calls, { deadlineAtMs, signal }),
    announce(value) {
      calls.scrubber.add(value);
      settings.onSecret(createSecret(value));
    },
  };
}
