import type { Clock } from './clock.ts';
import type { PackerEvent } from './packer-event.ts';
import type { Phase } from './phase.ts';
import type { PhaseTiming } from './phase-timer.ts';
import type { Secret } from './secret.ts';
import type { SshKey } from './ssh-key.ts';

export interface BuildOptions {
  /** Absolute path of the template: a `.json` or `.pkr.hcl` file, or a folder of the latter. */
  readonly template: string;
  /** Absolute path, short: a private folder is made in it and removed at the end. */
  readonly folder: string;
  /** Ambient environment to pick from, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Names in `env` that Packer gets besides `PATH`, `LANG`, `LC_*`, `TZ`, `TERM`, the proxy variables, `SSL_CERT_*`
   * and `PACKER_PLUGIN_PATH`. @default []
   */
  readonly inherit?: readonly string[] | undefined;
  /** Visible to every user of the machine while Packer runs. @default {} */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Handed over in a file that only this user can read, and hidden in all output. @default {} */
  readonly secretVariables?: Readonly<Record<string, Secret>> | undefined;
  /**
   * Lets Packer log in to its machine. The key is in a file that only this user can read, gone at the end; its path is
   * in the template's variable of this name, if given, and in the environment as `PACKER_SSH_PRIVATE_KEY`. @default none
   */
  readonly sshKey?: { readonly key: SshKey; readonly variable?: string | undefined } | undefined;
  /**
   * A NoCloud image (ISO 9660, `cidata`) with user data for the machine, by default `#cloud-config` that trusts
   * {@link sshKey}; its path is in the template's variable of this name. @default none
   */
  readonly seed?: { readonly variable: string; readonly userData?: string | undefined } | undefined;
  /** Builds to run; names or globs. @default all */
  readonly only?: readonly string[] | undefined;
  /**
   * Absolute path of a file, or a folder of files, whose `required_plugins` Packer 1.7 and later fetches first. Each
   * must name one release. @default the template
   */
  readonly plugins?: string | undefined;
  /**
   * Where relative paths in the template start. @default a folder of links to all that is beside the template: what is
   * written to it is removed at the end
   */
  readonly cwd?: string | undefined;
  /** @default 'packer' */
  readonly binary?: string | undefined;
  /** Hides what else is secret; gets every text before it is stored or told. */
  readonly redact?: ((text: string) => string) | undefined;
  /** What it throws is ignored. */
  readonly onEvent?: ((event: PackerEvent) => void) | undefined;
  /** Of the last build, for what `phase-entered` expects. @default nothing is expected */
  readonly lastTimings?: readonly PhaseTiming[] | undefined;
  /** Longest time for the whole build. @default 3_600_000 */
  readonly deadlineMs?: number | undefined;
  /** Longest time for fetching plugins. @default 300_000 */
  readonly pluginsDeadlineMs?: number | undefined;
  /**
   * Longest time for a phase, by its name. Packer's importer waits for a registration for ever.
   * @default 1_800_000 for `uploading` and `registering`
   */
  readonly phaseDeadlinesMs?: Readonly<Partial<Record<Phase, number>>> | undefined;
  /** Longest time without a word: Packer hangs silently on a busy port or a full disk. @default 1_800_000 */
  readonly idleMs?: number | undefined;
  /** From SIGTERM to SIGKILL. @default 2_000 */
  readonly stopGraceMs?: number | undefined;
  /** @default the wall's */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}
