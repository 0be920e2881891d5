import type { PackerEvent } from '@exoship/packer-build';

/** One event as one line of a job log, already redacted by the build. */
export function packerLine(event: PackerEvent): string | undefined {
  switch (event.type) {
    case 'packer-started':
      return `packer ${event.version}`;
    case 'phase-entered':
      return `packer ${event.build}: ${event.phase}`;
    case 'message-logged':
      return `  ${event.text}`;
    case 'artifact-created':
      return `packer artifact: ${event.artifact.files.join(', ') || event.artifact.id}`;
    case 'build-failed':
      return `packer ${event.build} failed: ${event.text}`;
    case 'packer-stopping':
      return `stopping packer: ${event.reason}`;
    case 'folder-left':
      return `warning: the build’s private folder could not be removed: ${event.path}`;
  }
}
