import { expect, test } from 'vitest';
import { bootEnvironment } from '../../src/live/boot-environment.ts';

const base = { HOST: '127.9.0.1', PORT: '8080' };

test.each<[string, string, Record<string, string>]>([
  ['no user data', '', {}],
  ['cloud-init', '#cloud-config\nA=1\n', {}],
  ['assignments', '#exoship-env\nA=1\nB_2=x=y z\nEMPTY=\n', { A: '1', B_2: 'x=y z', EMPTY: '' }],
  ['Windows line ends', '#exoship-env\r\nA=1\r\n', { A: '1' }],
  ['comments and noise', '#exoship-env\n# A=1\n 1A=2\nA-B=3\nnothing\n', {}],
  ['names that are taken', '#exoship-env\nHOST=evil\nPORT=1\n', {}],
  ['a header that is not the first line', '\n#exoship-env\nA=1', {}],
])('bootEnvironment() reads %s', (_name, userData, expected) => {
  expect(bootEnvironment(userData, '127.9.0.1', 8080)).toEqual({ ...expected, ...base });
});
