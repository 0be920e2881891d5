import type { VaultConfig } from '../config/environment-schema.ts';

/** What a job may do: get keys of its roles, see how long they may live, and give them back with proof. */
export function jobPolicy(engineMount: string, roles: readonly string[]): string {
  const rules = roles.flatMap((role) => [
    rule(`${engineMount}/apikey/${role}`, ['read']),
    rule(`${engineMount}/role/${role}`, ['read']),
  ]);
  // Not in Vault's default policy; without it a revocation is only queued.
  return `${[...rules, rule('sys/leases/revoke', ['update'])].join('\n')}\n`;
}

/** What a broker's token may do: make secret ids. Wrapping is forced when jobs are configured to ask for it. */
export function brokerPolicy({ mounts, appRole, login }: VaultConfig): string {
  const wrapTtlMs = login.kind === 'broker' ? login.wrapTtlMs : undefined;
  const limits =
    wrapTtlMs === undefined
      ? []
      : ['  min_wrapping_ttl = "1s"', `  max_wrapping_ttl = "${wrapTtlMs / 1_000}s"`];
  return `${rule(`auth/${mounts.approle}/role/${appRole}/secret-id`, ['update'], limits)}\n`;
}

function rule(path: string, capabilities: readonly string[], more: readonly string[] = []): string {
  const allowed = capabilities.map((capability) => `"${capability}"`).join(', ');
  return [`path "${path}" {`, `  capabilities = [${allowed}]`, ...more, '}'].join('\n');
}
