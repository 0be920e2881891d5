import { expect, test } from 'vitest';
import { createExoscale, importTemplate, isKeyRefused } from '../src/index.ts';
import { createRolloutPool } from '../src/rollout-pool.ts';

const credentials = { key: 'EXOkey', secret: { reveal: () => 'secret' } };
const exoscale = createExoscale({ zone: 'ch-gva-2', credentials: () => credentials });
const nothing = undefined as never;
const upload = { file: '/nowhere/app.qcow2', name: 'app', bucket: 'images' };

const wrong: readonly [string, () => unknown, string][] = [
  ['createExoscale()', () => createExoscale(nothing), 'Missing options of createExoscale()'],
  [
    'createExoscale() a zone',
    () => createExoscale({ credentials } as never),
    'Option "zone" must be a text that is not empty',
  ],
  [
    'createExoscale() a function of credentials',
    () => createExoscale({ zone: 'ch-gva-2', credentials } as never),
    'Option "credentials" must be a function that returns them',
  ],
  ['createRolloutPool()', () => createRolloutPool(exoscale, nothing), 'Missing options of'],
  [
    'createRolloutPool() a pool',
    () => createRolloutPool(exoscale, {} as never),
    'Option "poolId" must be a text',
  ],
  ['importTemplate()', () => importTemplate(exoscale, nothing), 'Missing options of'],
  ...(['file', 'name', 'bucket'] as const).map((key): [string, () => unknown, string] => [
    `importTemplate() a ${key}`,
    () => importTemplate(exoscale, { ...upload, [key]: undefined }),
    `Option "${key}" must be a text that is not empty`,
  ]),
  ['isKeyRefused()', () => isKeyRefused(credentials, nothing), 'Missing options of isKeyRefused()'],
  [
    'isKeyRefused() credentials',
    () => isKeyRefused({} as never, { zone: 'ch-gva-2' }),
    'Credentials must have a "key" and a "secret"',
  ],
];

test.each(wrong)(
  '%s is told of what is missing, and calls nobody',
  async (_what, call, message) => {
    const failure = await (async () => call())().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TypeError);
    expect(failure).toMatchObject({ message: expect.stringContaining(message) });
  },
);
