import type { Duplex } from 'node:stream';

/** What an instance turns into when it is switched on: one program of this machine. */
export interface Launch {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The power button of a program that takes orders on descriptor 3. @default SIGTERM to its process group */
  readonly pressButton?: ((orders: Duplex) => void) | undefined;
}
