import type { Context } from './context.ts';
import { notFound } from './refusal.ts';

/** All that the provider has, in the order in which it names them. */
export const defaultZones: readonly string[] = [
  'ch-gva-2',
  'ch-dk-2',
  'at-vie-1',
  'de-fra-1',
  'bg-sof-1',
  'de-muc-1',
  'at-vie-2',
  'hr-zag-1',
];

export interface InstanceType {
  readonly id: string;
  readonly family: string;
  readonly size: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** `[size, cpus, memory in GiB]` of the standard family. */
const standardSizes: readonly (readonly [string, number, number])[] = [
  ['micro', 1, 0.5],
  ['tiny', 1, 1],
  ['small', 2, 2],
  ['medium', 2, 4],
  ['large', 4, 8],
  ['extra-large', 4, 16],
  ['huge', 8, 32],
  ['mega', 12, 64],
  ['titan', 16, 128],
  ['jumbo', 24, 225],
  ['colossus', 40, 320],
];

/** What the cloud has for sale, the same in every zone. */
export interface Catalog {
  readonly zones: readonly string[];
  zoneId(name: string): string;
  readonly instanceTypes: readonly InstanceType[];
  instanceType(id: string): InstanceType;
}

export function createCatalog(context: Context, zones: readonly string[]): Catalog {
  const instanceTypes = standardSizes.map(([size, cpus, memoryGib]) => ({
    id: context.newId('instance-type'),
    family: 'standard',
    size,
    cpus,
    memoryBytes: memoryGib * 2 ** 30,
  }));
  const zoneIds = new Map(zones.map((name) => [name, context.newId('zone')]));
  return {
    zones,
    zoneId: (name) => zoneIds.get(name) ?? '',
    instanceTypes,
    instanceType(id) {
      const found = instanceTypes.find((type) => type.id === id);
      if (found === undefined) throw notFound('Instance type', id);
      return found;
    },
  };
}
