import type { Snapshot } from '../model/snapshots.ts';
import { presentDate, presentOperation } from './present.ts';
import { compute, type Route } from './route.ts';

function present(snapshot: Snapshot): object {
  const { id, name, state, createdAt, diskSizeGib, instanceId, exported } = snapshot;
  return {
    id,
    name,
    state,
    size: diskSizeGib,
    'created-at': presentDate(createdAt),
    instance: { id: instanceId },
    'application-consistent': false,
    ...(exported && { export: { 'presigned-url': exported.url, md5sum: exported.checksum } }),
  };
}

export const snapshotRoutes: readonly Route[] = [
  compute('GET /snapshot', 'list-snapshots', ({ cloud, zone }) => ({
    snapshots: cloud.snapshots.list(zone).map(present),
  })),
  compute('GET /snapshot/{id}', 'get-snapshot', ({ cloud, zone, parameter }) =>
    present(cloud.snapshots.get(zone, parameter('id'))),
  ),
  compute('POST /instance/{id}:create-snapshot', 'create-snapshot', (call) => {
    const instance = call.cloud.instances.get(call.zone, call.parameter('id'));
    return presentOperation(call.cloud.snapshots.create(instance));
  }),
  compute('POST /snapshot/{id}:export', 'export-snapshot', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.snapshots.export(zone, parameter('id'))),
  ),
  compute('DELETE /snapshot/{id}', 'delete-snapshot', ({ cloud, zone, parameter }) =>
    presentOperation(cloud.snapshots.delete(zone, parameter('id'))),
  ),
];
