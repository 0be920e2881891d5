import type { Readable, Writable } from 'node:stream';
import {
  buildChildEnvironment,
  checkEnvironmentNames,
  defaultInherit,
  type Environment,
} from './child-environment.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import { createRedactor, type RedactorSink } from './redactor.ts';
import { systemClock } from './system-clock.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

export interface RunOptions {
  readonly credentials: Credentials;
  /** The environment to pick from; nothing is taken from anywhere else. */
  readonly env: Environment;
  /**
   * Names that may pass, or prefixes such as `LC_*`. Names that look like secrets pass only when spelled out; Vault's,
   * job tokens and other Exoscale credentials never do. @default PATH, HOME, locale, terminal, proxies, certificates
   */
  readonly inherit?: readonly string[] | undefined;
  /** Set in any case: `EXOSCALE_ZONE`, say. */
  readonly extraEnv?: Environment | undefined;
  readonly cwd?: string | undefined;
  /** Told of the secret and put between the command and `stdout` and `stderr`. @default one of its own */
  readonly redactor?: RedactorSink | undefined;
  /** Without it the output is thrown away. Never ended. */
  readonly stdout?: Writable | undefined;
  readonly stderr?: Writable | undefined;
  /** @default 'ignore' */
  readonly stdin?: Readable | 'inherit' | 'ignore' | undefined;
  /** Stops the command and its descendants; a `signal` property of the reason says with which signal. */
  readonly signal?: AbortSignal | undefined;
  /** Between the first signal and SIGKILL. @default 2_000 */
  readonly stopGraceMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Options after the door: checked, with defaults. */
export interface RunSettings {
  readonly command: Command;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly redactor: RedactorSink;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  readonly stdin: Readable | 'inherit' | 'ignore';
  readonly signal: AbortSignal | undefined;
  readonly stopGraceMs: number;
  readonly clock: Clock;
}

const knownKeys: ReadonlySet<string> = new Set<keyof RunOptions>([
  'credentials',
  'env',
  'inherit',
  'extraEnv',
  'cwd',
  'redactor',
  'stdout',
  'stderr',
  'stdin',
  'signal',
  'stopGraceMs',
  'clock',
]);

/** @throws {TypeError | RangeError} for anything malformed, and for a secret among the arguments */
export function checkRunOptions(command: Command, options: RunOptions): RunSettings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('Missing options of runWithKey()');
  }
  const unknown = Object.keys(options).find((key) => !knownKeys.has(key));
  if (unknown !== undefined) throw new TypeError(`Unknown option "${unknown}" of runWithKey()`);
  const {
    credentials,
    env,
    inherit = defaultInherit,
    extraEnv = {},
    stopGraceMs = 2_000,
  } = options;
  checkCommand(command, credentials);
  checkEnvironmentNames(inherit, extraEnv);
  if (!(stopGraceMs >= 0 && stopGraceMs <= 3_600_000)) {
    throw new RangeError(`Invalid stopGraceMs: ${stopGraceMs}, want 0 to 3600000`);
  }
  const redactor = options.redactor ?? createRedactor();
  redactor.add(credentials.secret);
  return {
    command,
    env: buildChildEnvironment({ credentials, env, inherit, extraEnv }),
    cwd: options.cwd,
    redactor,
    stdout: options.stdout,
    stderr: options.stderr,
    stdin: options.stdin ?? 'ignore',
    signal: options.signal,
    stopGraceMs,
    clock: options.clock ?? systemClock,
  };
}

function checkCommand(command: Command, credentials: Credentials): void {
  const isCommand = Array.isArray(command) && typeof command[0] === 'string' && command[0] !== '';
  if (!isCommand) throw new TypeError('Missing command');
  if (typeof credentials?.secret?.reveal !== 'function') {
    throw new TypeError('Missing credentials: want a "key" and a "secret" with a method "reveal"');
  }
  const value = credentials.secret.reveal();
  if (value === '') throw new TypeError('Missing secret of the credentials');
  // Every process on the machine can read the arguments of every other.
  if (command.some((argument) => argument.includes(value))) {
    throw new TypeError(
      'Cannot pass a secret as an argument: it is in the environment of the command',
    );
  }
}
