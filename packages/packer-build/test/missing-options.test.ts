import { expect, test } from 'vitest';
import { buildTemplate, chooseAccelerator, detectPacker, verifyImage } from '../src/index.ts';

const nothing = undefined as never;
const env = {};
const folder = '/nowhere';
const check = async (): Promise<{ passed: boolean; detail: string }> => ({
  passed: true,
  detail: '',
});

const wrong: readonly [string, () => unknown, string][] = [
  ['buildTemplate()', () => buildTemplate(nothing), 'Missing options of buildTemplate'],
  [
    'buildTemplate() a template',
    () => buildTemplate({ folder, env } as never),
    '"template" must be an absolute path',
  ],
  [
    'buildTemplate() a folder',
    () => buildTemplate({ template: '/a.json', env } as never),
    '"folder" must be an absolute path',
  ],
  [
    'buildTemplate() an environment',
    () => buildTemplate({ template: '/a.json', folder } as never),
    '"env" must be an environment',
  ],
  ['detectPacker()', () => detectPacker(nothing), 'Missing options of detectPacker'],
  [
    'detectPacker() an environment',
    () => detectPacker({} as never),
    '"env" must be an environment',
  ],
  ['chooseAccelerator()', () => chooseAccelerator(nothing), 'Missing options of chooseAccelerator'],
  [
    'chooseAccelerator() a folder',
    () => chooseAccelerator({ env } as never),
    '"folder" must be an absolute path',
  ],
  ['verifyImage()', () => verifyImage(nothing), 'Missing options of verifyImage'],
  [
    'verifyImage() an image',
    () => verifyImage({ folder, env, port: 80, check } as never),
    '"image" must be an absolute path',
  ],
  [
    'verifyImage() an environment',
    () => verifyImage({ image: '/a.qcow2', folder, port: 80, check } as never),
    '"env" must be an environment',
  ],
];

test.each(wrong)(
  '%s is told of what is missing, and runs nothing',
  async (_what, call, message) => {
    const failure = await (async () => call())().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toMatchObject({ message: expect.stringContaining(message) });
  },
);
