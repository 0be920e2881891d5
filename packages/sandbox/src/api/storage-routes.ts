import { presentDate } from './present.ts';
import { type ApiCall, type Route, type StoredBucket, sos } from './route.ts';

function presentBucket({ name, zone, createdAt, objects }: StoredBucket): object {
  const size = [...objects.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { name, 'zone-name': zone, size, 'created-at': presentDate(createdAt) };
}

/** The object store speaks S3; the API only tells how much is in it. */
export const storageRoutes: readonly Route[] = [
  sos('GET /sos-buckets-usage', 'list-sos-buckets-usage', ({ endpoints }: ApiCall) => ({
    'sos-buckets-usage': (endpoints.buckets?.() ?? []).map(presentBucket),
  })),
];
