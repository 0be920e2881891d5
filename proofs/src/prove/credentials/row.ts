import type { Env, World } from './world.ts';

/** One line of the fault list: something that goes wrong, and what a job must make of it. */
export interface Row {
  readonly name: string;
  /** Makes it go wrong, before the job; tells what the job's environment is then. */
  readonly arrange?: (world: World) => Promise<Env> | Promise<void>;
  /** @default a command that does nothing, with a key of the `test` role */
  readonly argv?: readonly string[] | ((world: World) => readonly string[]);
  readonly stdin?: (world: World) => Promise<string>;
  readonly exitCode: number;
  /** What the job's log must say. */
  readonly says?: RegExp;
  /** What must never be in it, beside every secret. */
  readonly saysNot?: RegExp;
  /** Secrets that the job is given beside the usual ones. */
  readonly check?: (world: World, end: { readonly stderr: string }) => string | undefined;
  /** Keys or tokens may live on, as the job has said (exit code 18). */
  readonly leaves?: true;
  /** Runs so many at the same time; `exitCodes` are theirs, sorted. */
  readonly together?: readonly number[];
}

export interface SkippedRow {
  readonly name: string;
  readonly why: string;
}

export interface Group {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly skipped: readonly SkippedRow[];
}

/** What most rows run: the least that needs a key. */
export const plainJob: readonly string[] = ['exec', '--stage', 'test', '--', 'true'];
