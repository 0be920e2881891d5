import { randomUUID } from 'node:crypto';
import { isoImage } from './iso-image.ts';

/** cloud-init's NoCloud data source, labelled `cidata`, for a machine that has not been seen before. */
export function seedImage(userData: string): Buffer {
  return isoImage('cidata', {
    'meta-data': `instance-id: ${randomUUID()}\nlocal-hostname: packer\n`,
    'user-data': userData,
  });
}

/** User data that lets the holder of a key in, and nobody by password. */
export function trusting(publicKey: string): string {
  return `#cloud-config\nssh_pwauth: false\nssh_authorized_keys:\n- ${JSON.stringify(publicKey)}\n`;
}
