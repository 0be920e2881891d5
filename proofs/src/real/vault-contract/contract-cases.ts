import { appRoleCases } from './cases/app-role.ts';
import { clientCases } from './cases/clients.ts';
import { engineCases } from './cases/engine.ts';
import { jwtCases } from './cases/jwt.ts';
import { systemCases } from './cases/system.ts';
import { tokenCases } from './cases/tokens.ts';
import { wrappingCases } from './cases/wrapping.ts';
import type { ContractCase } from './contract-case.ts';

/** What this workspace relies on, of any Vault. */
export const contractCases: readonly ContractCase[] = [
  ...appRoleCases,
  ...tokenCases,
  ...wrappingCases,
  ...jwtCases,
  ...systemCases,
  ...engineCases,
  ...clientCases,
];
