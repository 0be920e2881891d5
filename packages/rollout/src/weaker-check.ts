import type { ProbeDescription } from './options.ts';
import type { BalancerCheck } from './pool.ts';

/**
 * In what way a balancer admits members that the probe would not: it sends them traffic before they are proved, and no
 * rollout can prevent that. The cure is to make the two checks the same.
 */
export function comparesWeaker(
  balancers: readonly BalancerCheck[],
  probe: ProbeDescription | undefined,
): readonly string[] {
  if (probe === undefined) return [];
  return balancers.flatMap((balancer) => {
    const difference = differenceOf(balancer, probe);
    return difference === undefined
      ? []
      : [`Balancer "${balancer.name}" admits members before they are proved: ${difference}`];
  });
}

function differenceOf(balancer: BalancerCheck, probe: ProbeDescription): string | undefined {
  if (balancer.mode === 'tcp' && probe.mode !== 'tcp') {
    return `it only connects to port ${balancer.port}, the probe asks by ${probe.mode}`;
  }
  if (balancer.port !== probe.port)
    return `it checks port ${balancer.port}, the probe port ${probe.port}`;
  const isOther = probe.path !== undefined && balancer.path !== probe.path;
  return isOther
    ? `it asks for "${balancer.path ?? '/'}", the probe for "${probe.path}"`
    : undefined;
}
