import type { Exoscale } from '@exoship/exoscale-api';
import { CliError } from '../cli-error.ts';
import type { TestConfig } from '../config/test-schema.ts';
import { exitCodes } from '../exit-codes.ts';
import type { InstanceShape } from './instance-provider.ts';

/** Turns the names of exoship.yaml into ids. @throws CliError for a name that the cloud does not know. */
export async function findInstanceShape(
  exoscale: Exoscale,
  config: TestConfig,
  signal: AbortSignal,
): Promise<InstanceShape> {
  const type = await exoscale.instanceTypes.find(config.instanceType, { signal });
  if (type === undefined) throw unknown('instance type', config.instanceType);
  const securityGroupIds: string[] = [];
  for (const name of config.securityGroups) {
    const group = await exoscale.securityGroups.findByName(name, { signal });
    if (group === undefined) throw unknown('security group', name);
    securityGroupIds.push(group.id);
  }
  return { instanceTypeId: type.id, diskSizeGib: config.diskSizeGib, securityGroupIds };
}

function unknown(kind: string, name: string): CliError {
  return new CliError(`There is no ${kind} "${name}" in this zone`, {
    exitCode: exitCodes.exoscale,
    remedy: `Mend its name under \`test\` in exoship.yaml, or create it`,
  });
}
