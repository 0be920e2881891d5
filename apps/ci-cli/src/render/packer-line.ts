import type { PackerEvent } from '@exoship/packer-build';

/** One event as one line of a job log, already redacted by the build. */
export function packerLine(event: PackerEvent): string | undefined {
  switch (event.type) {
    case 'packer-started':
      return `packer ${event.version}`;
    case 'plugins-wanted':
      return `packer init: ${event.plugins.join(', ')}`;
    case 'phase-entered':
      return `packer ${event.build}: ${event.phase}${expected(event)}`;
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

/** Of a phase of seconds; what is over in no time needs no word. */
function expected(event: {
  readonly phaseExpectedMs: number | undefined;
  readonly restExpectedMs: number | undefined;
}): string {
  const { phaseExpectedMs: phase = 0, restExpectedMs: rest = 0 } = event;
  if (rest < 1_000) return '';
  const seconds = (ms: number): string => `${Math.round(ms / 1_000)} s`;
  return ` (last time ${seconds(phase)}, ${seconds(rest)} to the end)`;
}
