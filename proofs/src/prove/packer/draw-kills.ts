import { createHash } from 'node:crypto';

/** `packer` is the process that ci-cli has started; `wrapper` is ci-cli. */
export interface Kill {
  readonly index: number;
  readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL';
  readonly target: 'wrapper' | 'packer';
  /** Of the length of an undisturbed build. */
  readonly share: number;
}

const kinds = [
  { signal: 'SIGKILL', target: 'wrapper' },
  { signal: 'SIGKILL', target: 'packer' },
  { signal: 'SIGTERM', target: 'wrapper' },
  { signal: 'SIGINT', target: 'wrapper' },
] as const;

/** Each kind in turn, with one moment in each slice of the build, so that no phase is left out by chance. */
export function drawKills(seed: number, count: number): readonly Kill[] {
  const slices = Math.ceil(count / kinds.length);
  return [...Array(count).keys()].map((index) => {
    const kind = kinds[index % kinds.length] ?? kinds[0];
    const slice = Math.floor(index / kinds.length);
    return { index, ...kind, share: (slice + draw(seed, index)) / slices };
  });
}

/** In [0, 1), and the same for the same numbers. */
function draw(seed: number, index: number): number {
  const digest = createHash('sha256').update(`${seed} kill ${index}`).digest();
  return digest.readUInt32BE() / 2 ** 32;
}
