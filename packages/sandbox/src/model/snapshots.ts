import type { Context } from './context.ts';
import type { Instance } from './instance.ts';
import type { Operation, OperationSteps, Operations } from './operations.ts';
import { notFound, Refusal } from './refusal.ts';

export interface Snapshot {
  readonly id: string;
  readonly zone: string;
  readonly name: string;
  readonly instanceId: string;
  readonly diskSizeGib: number;
  readonly createdAt: Date;
  readonly state: 'snapshotting' | 'ready' | 'exporting' | 'exported' | 'deleting';
  /** Where the disk can be fetched, and its MD5 in hex. */
  readonly exported?: { readonly url: string; readonly checksum: string } | undefined;
}

/** The image that an instance was made from, since nothing here keeps what a guest wrote on its disk. */
export interface SnapshotSource {
  readonly image: unknown;
  readonly checksum: string;
}

export interface Snapshots {
  list(zone: string): readonly Snapshot[];
  get(zone: string, id: string): Snapshot;
  create(instance: Instance): Operation;
  export(zone: string, id: string): Operation;
  delete(zone: string, id: string): Operation;
}

export interface SnapshotsParts {
  readonly context: Context;
  readonly operations: Operations;
  readonly sourceOf: (templateId: string) => SnapshotSource;
}

export function createSnapshots({ context, operations, sourceOf }: SnapshotsParts): Snapshots {
  const records = new Map<string, Snapshot & { readonly source: SnapshotSource }>();

  function get(zone: string, id: string) {
    const snapshot = records.get(id);
    if (snapshot === undefined || snapshot.zone !== zone) throw notFound('Snapshot', id);
    return snapshot;
  }

  function change(id: string, changes: Partial<Snapshot>): void {
    const snapshot = records.get(id);
    if (snapshot !== undefined) records.set(id, { ...snapshot, ...changes });
  }

  function run(zone: string, command: string, id: string, steps: OperationSteps): Operation {
    const link = `/v2/snapshot/${id}`;
    return operations.run({ zone, command, referenceId: id, link }, steps);
  }

  return {
    list: (zone) => [...records.values()].filter((snapshot) => snapshot.zone === zone),
    get,
    create({ id: instanceId, zone, name, diskSizeGib, templateId }) {
      const source = sourceOf(templateId);
      const id = context.newId('snapshot');
      const createdAt = context.now();
      const state = 'snapshotting';
      const about = { id, zone, name, instanceId, diskSizeGib, createdAt };
      records.set(id, { ...about, state, source });
      return run(zone, 'create-snapshot', id, {
        apply(running) {
          change(id, { state: 'ready' });
          running.succeed();
        },
        undo: () => void records.delete(id),
      });
    },
    export(zone, id) {
      const { state, source } = get(zone, id);
      if (state !== 'ready' && state !== 'exported') {
        throw new Refusal('conflict', `Snapshot "${id}" is not ready: ${state}`);
      }
      change(id, { state: 'exporting' });
      return run(zone, 'export-snapshot', id, {
        apply(running) {
          const publishing = context.images.publish?.(source.image);
          Promise.resolve(publishing).then(
            (url = '') => {
              change(id, { state: 'exported', exported: { url, checksum: source.checksum } });
              running.succeed();
            },
            (error: unknown) => {
              change(id, { state: 'ready' });
              running.fail('unavailable', error instanceof Error ? error.message : 'No disk');
            },
          );
        },
        undo: () => change(id, { state }),
      });
    },
    delete(zone, id) {
      const { state } = get(zone, id);
      change(id, { state: 'deleting' });
      return run(zone, 'delete-snapshot', id, {
        apply(running) {
          records.delete(id);
          running.succeed();
        },
        undo: () => change(id, { state }),
      });
    },
  };
}
