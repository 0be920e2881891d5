import type { MachineReadableLine } from './machine-readable.ts';

/** What one step of a build's chain produced; a chain of three steps reports three. */
export interface Artifact {
  /** Name of the build: the builder's name (JSON) or `type.name` (HCL2). */
  readonly build: string;
  /** Who made it: `transcend.qemu`, `packer.post-processor.exoscale-import`, … */
  readonly builderId: string;
  /** Meaning depends on the maker; the template's id for `exoscale-import`. May be empty. */
  readonly id: string;
  readonly description: string;
  /** Paths as Packer prints them: relative ones start at the build's working directory. */
  readonly files: readonly string[];
}

export interface ArtifactCollector {
  /** Returns the artifact that this line completes. */
  accept(line: MachineReadableLine): Artifact | undefined;
}

/** Far more than any build has; a limit only so that nothing grows without one. */
const MOST_FILES = 1_000;

/** Puts the lines of `artifact` together; they come one field at a time and one artifact after the other. */
export function createArtifactCollector(): ArtifactCollector {
  let fields = new Map<string, string>();
  let files: string[] = [];
  return {
    accept: ({ target, type, data }) => {
      if (type !== 'artifact') return undefined;
      const [, field = '', first = '', second = ''] = data;
      if (field === 'file') {
        if (files.length < MOST_FILES) files.push(second);
      } else if (field === 'builder-id' || field === 'id' || field === 'string') {
        fields.set(field, first);
      } else if (field === 'end') {
        const artifact: Artifact = {
          build: target,
          builderId: fields.get('builder-id') ?? '',
          id: fields.get('id') ?? '',
          description: fields.get('string') ?? '',
          files,
        };
        fields = new Map();
        files = [];
        return artifact;
      }
      return undefined;
    },
  };
}
