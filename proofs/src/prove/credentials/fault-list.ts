import type { Group } from './row.ts';
import { appRole } from './rows/app-role.ts';
import { clocks } from './rows/clocks.ts';
import { engine } from './rows/engine.ts';
import { identity } from './rows/identity.ts';
import { inputs } from './rows/inputs.ts';
import { network } from './rows/network.ts';
import { server } from './rows/server.ts';
import { wrapping } from './rows/wrapping.ts';

/** What a tool that is trusted with credentials has to get right, by what goes wrong. */
export const faultList: readonly Group[] = [
  inputs,
  appRole,
  wrapping,
  identity,
  clocks,
  server,
  network,
  engine,
];
