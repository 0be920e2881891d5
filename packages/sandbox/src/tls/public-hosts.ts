/** The names under which the real cloud is reached; clients of which some cannot be told any other. */
export function publicHosts(zones: readonly string[]): readonly string[] {
  return zones.flatMap((zone) => [apiHost(zone), sosHost(zone)]);
}

function apiHost(zone: string): string {
  return `api-${zone}.exoscale.com`;
}

export function sosHost(zone: string): string {
  return `sos-${zone}.exo.io`;
}
