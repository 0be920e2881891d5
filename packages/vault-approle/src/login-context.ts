import type { Call } from './call.ts';
import type { ConnectionSettings } from './connection-options.ts';
import { type Answer, type CallContext, performCall } from './perform-call.ts';
import { readServiceToken, type ServiceToken } from './read-service-token.ts';
import { createScrubber } from './scrubber.ts';
import { createSecret } from './secret.ts';
import { createVaultClient, type VaultClient } from './vault-client.ts';

/** What the steps of one login share, its deadline above all. */
export interface LoginContext {
  readonly settings: ConnectionSettings;
  readonly calls: CallContext;
  readonly deadlineAtMs: number;
  /** A client of its own for every token: node-vault keeps the token in the client. */
  connect(token: string | undefined): VaultClient;
  perform(client: VaultClient, call: Call): Promise<Answer>;
  /** The call that is the login; rejects with `ambiguous` when its credential may have been spent for nothing. */
  submit(call: Call): Promise<ServiceToken>;
  /** Makes a new secret known to the scrubber, then to the caller, before anything can print it. */
  readonly announce: (value: string) => void;
}

export function createLoginContext(settings: ConnectionSettings): LoginContext {
  const { address, namespace, trust, clock, signal } = settings;
  const calls: CallContext = { ...settings, scrubber: createScrubber() };
  const deadlineAtMs = clock.monotonicMs() + settings.deadlineMs;
  const connect: LoginContext['connect'] = (token) =>
    createVaultClient({ address, namespace, trust, token });
  const perform: LoginContext['perform'] = (client, call) =>
    performCall(client, call, calls, { deadlineAtMs, signal });
  const announce: LoginContext['announce'] = (value) => {
    calls.scrubber.add(value);
    settings.onSecret(createSecret(value));
  };
  const submit: LoginContext['submit'] = async (call) => {
    const askedAtMs = clock.now().getTime();
    const answer = await perform(connect(undefined), call);
    return readServiceToken(answer, { call, askedAtMs, announce });
  };
  return { settings, calls, deadlineAtMs, connect, perform, submit, announce };
}
