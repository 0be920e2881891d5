import { checkApiEndpoint, checkEndpoint } from './check-endpoint.ts';
import { ExoscaleError } from './exoscale-error.ts';
import { type Fields, readFields } from './fields.ts';

/** One zone and where its services are. */
export interface Zone {
  readonly name: string;
  /** Without trailing slash, with `/v2`. */
  readonly apiEndpoint: string;
  /** Object storage (S3 protocol, path style). */
  readonly sosEndpoint: string;
}

export const listZonesCall = 'GET /zone';

/** Reads the answer of `GET /zone`; endpoints that must not get credentials make it an `invalid-response`. */
export function readZones(answer: unknown): readonly Zone[] {
  return readFields(answer, { call: listZonesCall }).list('zones').map(readZone);
}

/** Picks a zone by name; rejects a name that is not there with the names that are. */
export function pickZone(zones: readonly Zone[], name: string): Zone {
  const zone = zones.find((candidate) => candidate.name === name);
  if (zone !== undefined) return zone;
  const names = zones.map((candidate) => candidate.name).join(', ');
  throw new ExoscaleError(`Cannot find zone "${name}": there are ${names || 'none'}`, {
    code: 'not-found',
    call: listZonesCall,
  });
}

function readZone(fields: Fields): Zone {
  const name = fields.text('name');
  const sos = fields.optionalText('sos-endpoint') ?? `https://sos-${name}.exo.io`;
  return checked(name, () => ({
    name,
    apiEndpoint: checkApiEndpoint('API endpoint', fields.text('api-endpoint')),
    sosEndpoint: checkEndpoint('Object storage endpoint', sos),
  }));
}

function checked(name: string, read: () => Zone): Zone {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ExoscaleError(`Cannot use zone "${name}" of "${listZonesCall}": ${cause.message}`, {
      code: 'invalid-response',
      call: listZonesCall,
      cause,
    });
  }
}
