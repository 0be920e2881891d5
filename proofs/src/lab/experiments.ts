import type { SwitchExperiments } from './experiment.ts';
import { belowMinAvailable } from './experiments/below-min-available.ts';
import { evictDeregistersFirst } from './experiments/evict-deregisters-first.ts';
import { evictOfProtectedMember } from './experiments/evict-of-protected-member.ts';
import { evictOfStoppedMember } from './experiments/evict-of-stopped-member.ts';
import { membersInheritLabels } from './experiments/members-inherit-labels.ts';
import { omittedFieldsOnPut } from './experiments/omitted-fields-on-put.ts';
import { overlappingOperation } from './experiments/overlapping-operation.ts';
import { putMergesLabels } from './experiments/put-merges-labels.ts';
import { quotaExceeded } from './experiments/quota-exceeded.ts';
import { scaleDownVictims } from './experiments/scale-down-victims.ts';
import { selfHealOnDelete } from './experiments/self-heal-on-delete.ts';
import { selfHealOnExit } from './experiments/self-heal-on-exit.ts';
import { selfHealOnStop } from './experiments/self-heal-on-stop.ts';
import { stopIsAcpi } from './experiments/stop-is-acpi.ts';

export const switchExperiments: SwitchExperiments = {
  putMergesLabels,
  omittedFieldsOnPut,
  membersInheritLabels,
  stopIsAcpi,
  selfHealOnDelete,
  selfHealOnExit,
  selfHealOnStop,
  evictOfStoppedMember,
  evictOfProtectedMember,
  belowMinAvailable,
  overlappingOperation,
  evictDeregistersFirst,
  scaleDownVictims,
  quotaExceeded,
};
