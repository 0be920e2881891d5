import type { AntiAffinityGroups } from './anti-affinity-groups.ts';
import type { Catalog } from './catalog.ts';
import type { MachineSettings } from './instance.ts';
import type { SecurityGroups } from './security-groups.ts';
import type { SshKeys } from './ssh-keys.ts';
import type { Templates } from './templates.ts';

export interface ReferenceParts {
  readonly catalog: Catalog;
  readonly templates: Templates;
  readonly securityGroups: SecurityGroups;
  readonly antiAffinityGroups: AntiAffinityGroups;
  readonly sshKeys: SshKeys;
}

/** As far as they are named at all. */
export type MachineReferences = {
  readonly [Field in keyof MachineSettings]?: MachineSettings[Field] | null | undefined;
};

export type ReferenceCheck = (zone: string, settings: MachineReferences) => void;

/** Refuses settings that point at something that is not there (in this zone). */
export function checkReferences(
  parts: ReferenceParts,
  zone: string,
  settings: MachineReferences,
): void {
  const { templateId, instanceTypeId, securityGroupIds, sshKeyNames } = settings;
  const { antiAffinityGroupIds } = settings;
  if (templateId != null) parts.templates.get(zone, templateId);
  if (instanceTypeId != null) parts.catalog.instanceType(instanceTypeId);
  for (const id of securityGroupIds ?? []) parts.securityGroups.get(id);
  for (const id of antiAffinityGroupIds ?? []) parts.antiAffinityGroups.get(id);
  for (const name of sshKeyNames ?? []) parts.sshKeys.get(name);
}
