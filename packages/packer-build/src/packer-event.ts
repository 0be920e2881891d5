import type { Artifact } from './artifact.ts';
import type { Phase } from './phase.ts';
import type { PhaseOutlook } from './phase-timer.ts';
import type { StopReason } from './supervise.ts';

/** What a build tells while it runs; every text has been redacted. */
export type PackerEvent = { readonly at: Date } & (
  | { readonly type: 'packer-started'; readonly version: string }
  | ({
      readonly type: 'phase-entered';
      readonly build: string;
      readonly phase: Phase;
    } & PhaseOutlook)
  /** `packer init` is fetching the plugins that the template names. */
  | { readonly type: 'plugins-wanted'; readonly plugins: readonly string[] }
  /** Guest output on stderr arrives as `error`, so this level is no failure. */
  | {
      readonly type: 'message-logged';
      readonly level: 'say' | 'message' | 'error';
      readonly text: string;
    }
  | { readonly type: 'artifact-created'; readonly artifact: Artifact }
  | { readonly type: 'build-failed'; readonly build: string; readonly text: string }
  | { readonly type: 'packer-stopping'; readonly reason: StopReason }
  /** The private folder could not be removed; it may hold the file with the secret variables. */
  | { readonly type: 'folder-left'; readonly path: string }
);

type PackerEventBody = PackerEvent extends infer Event
  ? Event extends unknown
    ? Omit<Event, 'at'>
    : never
  : never;

export type Emit = (event: PackerEventBody) => void;
