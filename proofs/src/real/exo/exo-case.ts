import type { ExoWorld } from './exo-world.ts';

/** What must stand on stdout. JSON must have exactly these keys: no field missing, none that was never documented. */
export type ExpectedOutput =
  | {
      readonly kind: 'object';
      readonly keys: readonly string[];
      /** Keys of an object, or of every object of a list, that stands inside. */
      readonly inside?: Readonly<Record<string, readonly string[]>>;
    }
  | { readonly kind: 'list'; readonly keys: readonly string[]; readonly atLeast: number }
  | { readonly kind: 'text'; readonly pattern: RegExp }
  | { readonly kind: 'nothing' };

export interface ExoCase {
  /** Behind `exo`. */
  readonly argv: readonly string[];
  /** @default 0 */
  readonly exitCode?: number;
  readonly stdout: ExpectedOutput;
  readonly stderr?: RegExp;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told of before the command runs: arms a fault, say. */
  readonly before?: (world: ExoWorld) => void;
}

/** Cases that may run at the same time; the step after them finds everything at rest. */
export type ExoStep = (world: ExoWorld) => readonly ExoCase[];

export function object(
  keys: readonly string[],
  inside?: Readonly<Record<string, readonly string[]>>,
): ExpectedOutput {
  return { kind: 'object', keys, ...(inside && { inside }) };
}

export function list(keys: readonly string[], atLeast = 1): ExpectedOutput {
  return { kind: 'list', keys, atLeast };
}

export function text(pattern: RegExp): ExpectedOutput {
  return { kind: 'text', pattern };
}

export const nothing: ExpectedOutput = { kind: 'nothing' };

/** Splits at blanks; a word in double quotes may hold some. */
export function words(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
}
