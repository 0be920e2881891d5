export { createExo, type Exo } from './exo/create-exo.ts';
export type { ExoOptions, ExoRunOptions } from './exo/exo-options.ts';
export type { ExoResult } from './exo/read-exo-output.ts';
