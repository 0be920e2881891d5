import type { Finding } from './experiment.ts';

export type Entry = Finding<unknown> & {
  readonly question: string;
  /** What was seen, with the ids of operations. */
  readonly evidence: readonly string[];
};

/** `observed.json`. */
export interface Observation {
  readonly version: 1;
  readonly zone: string;
  readonly runId: string;
  readonly observedAt: string;
  /** By the sandbox's names; read by its `readObserved()`. */
  readonly switches: Readonly<Record<string, Entry>>;
  /** What no switch stands for. */
  readonly facts: Readonly<Record<string, Entry>>;
  /** From asking for a pool of one until its member ran. */
  readonly bootSeconds: Distribution | undefined;
  /** Names of what could not be removed. */
  readonly leftovers: readonly string[];
}

export interface Distribution {
  readonly samples: number;
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export function distributionOf(samplesMs: readonly number[]): Distribution | undefined {
  const sorted = samplesMs.map((ms) => Math.round(ms / 100) / 10).toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  if (sorted.length === 0) return undefined;
  return { samples: sorted.length, least: at(0), median: at(0.5), most: at(1) };
}
