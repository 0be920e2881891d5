import type { Call } from './call.ts';
import { asText, type JsonObject } from './envelope.ts';
import type { WireOutcome } from './transport.ts';

/** What Vault says about itself to anybody. */
export interface VaultHealth {
  readonly state: 'active' | 'standby' | 'sealed' | 'uninitialised' | 'unknown';
  readonly version: string;
  /** How far this machine's clock is ahead of Vault's; to the second. */
  readonly clockSkewMs: number;
}

export const healthCall: Call = {
  action: 'ask after the health',
  method: 'GET',
  path: 'sys/health',
  template: 'sys/health',
  repeatWhenAmbiguous: true,
};

const states: Readonly<Record<number, VaultHealth['state']>> = {
  200: 'active',
  429: 'standby',
  472: 'standby',
  473: 'standby',
  501: 'uninitialised',
  503: 'sealed',
};

/** Reads an answer whose status is part of the information; `undefined` when it is not Vault's. */
export function readHealth(outcome: WireOutcome, now: Date): VaultHealth | undefined {
  if (outcome.kind === 'failure') return undefined;
  const body = parse(outcome.text);
  if (body === undefined || typeof body.sealed !== 'boolean') return undefined;
  const seconds = body.server_time_utc;
  return {
    state: states[outcome.status] ?? 'unknown',
    version: asText(body.version),
    clockSkewMs: typeof seconds === 'number' ? now.getTime() - seconds * 1_000 : 0,
  };
}

function parse(text: string): JsonObject | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
