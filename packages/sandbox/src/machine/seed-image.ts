import type { BodySpec } from '../model/ports.ts';
import { isoImage } from './iso-image.ts';

/** The disc from which a machine learns who it is: cloud-init's NoCloud data source, labelled `cidata`. */
export function seedImage({ instanceId, name, userData }: BodySpec): Buffer {
  return isoImage('cidata', {
    'meta-data': `instance-id: ${instanceId}\nlocal-hostname: ${hostName(name)}\n`,
    'user-data': userData === '' ? '#cloud-config\n{}\n' : userData,
  });
}

/** As DNS would have it; names of instances may be anything. */
function hostName(name: string): string {
  const label = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  return label === '' ? 'instance' : label;
}
