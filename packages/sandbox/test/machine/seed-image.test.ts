import { expect, test } from 'vitest';
import { seedImage } from '../../src/machine/seed-image.ts';

const spec = {
  instanceId: '0b3c',
  name: 'pool Hello_App/1',
  templateId: 't',
  image: undefined,
  address: '127.9.0.1',
  userData: '',
};

test('seedImage() tells the machine its id, a host name that DNS allows, and its user data', () => {
  const text = seedImage({ ...spec, userData: '#!/bin/sh\necho hi\n' }).toString('latin1');
  expect(text).toContain('instance-id: 0b3c\nlocal-hostname: pool-hello-app-1\n');
  expect(text).toContain('#!/bin/sh\necho hi\n');
});

test('seedImage() gives a machine without user data an empty cloud-config', () => {
  const text = seedImage({ ...spec, name: '///' }).toString('latin1');
  expect(text).toContain('#cloud-config\n{}\n');
  expect(text).toContain('local-hostname: instance\n');
});
