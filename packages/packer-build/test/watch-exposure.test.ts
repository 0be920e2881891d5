import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isExposed } from '../src/watch-exposure.ts';
import { createBuildFolder } from './build-folder.ts';

test.for([
  ['user,id=user.0,hostfwd=tcp::3005-:22', true],
  ['user,id=user.0,hostfwd=tcp:0.0.0.0:3005-:22', true],
  ['user,id=user.0,hostfwd=:10.0.0.5:3005-:22', true],
  ['user,id=user.0,restrict=on,hostfwd=tcp:127.0.0.1:3005-:22', false],
  ['user,hostfwd=tcp:127.0.0.1:1-:22,hostfwd=tcp::2-:80', true],
  ['user,id=user.0', false],
] as const)('isExposed() of %s is %s', ([netdev, expected]) => {
  expect(isExposed(['qemu-system-x86_64', '-netdev', netdev])).toBe(expected);
});

test.for([
  ['127.0.0.1:12', false],
  ['0.0.0.0:12', true],
  [':12', true],
  ['unix:/run/vnc', false],
] as const)('isExposed() of -vnc %s is %s', ([display, expected]) => {
  expect(isExposed(['qemu-system-x86_64', '-vnc', display])).toBe(expected);
});

test.skipIf(!existsSync('/proc/self/cmdline'))(
  'buildTemplate() stops a build whose machine takes connections from other computers',
  async () => {
    await using folder = await createBuildFolder();
    const plan = { hang: true, machine: 'user,id=user.0,hostfwd=tcp::3005-:22' };
    await expect(folder.build(plan)).rejects.toMatchObject({
      code: 'exposed',
      retryable: false,
      message: expect.stringContaining('its machine takes connections from other computers'),
    });
    expect(await folder.leftovers()).toEqual([]);
  },
);
