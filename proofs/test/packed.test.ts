import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tarballFaults } from '../src/prove/packed/pack-package.ts';
import { findPublishedPackages, floorOf } from '../src/prove/packed/published-packages.ts';
import { readReadme } from '../src/prove/packed/readme.ts';

const readme = `# @exoship/probe

Probes things.

\`\`\`sh
npm install @exoship/probe
\`\`\`

\`\`\`ts
console.log('probed');
\`\`\`

## Options

None.

## Outcomes and errors

None.

## What it does not do

Anything else.
`;
const faultsOf = (text: string, isCommandLine = false): readonly string[] =>
  readReadme(text, '@exoship/probe', isCommandLine).faults;

test('readReadme() finds the example and nothing to complain about', () => {
  const { example, faults } = readReadme(readme, '@exoship/probe', false);
  expect(example).toBe("console.log('probed');\n");
  expect(faults).toEqual([]);
});

test.each([
  ['another title', readme.replace('# @exoship/probe', '# probe')],
  ['two sentences', readme.replace('Probes things.', 'Probes things. And more.')],
  ['no install', readme.replace('npm install', 'npm add')],
  ['no options', readme.replace('## Options', '## Choices')],
  ['no errors', readme.replace('## Outcomes and errors', '## Outcomes')],
  ['no limits', readme.replace('## What it does not do', '## Limits')],
  ['no example', readme.replace('```ts', '```js')],
  ['two examples', `${readme}\n\`\`\`ts\n\`\`\`\n`],
  ['81 lines', readme + 'x\n'.repeat(81 - readme.trimEnd().split('\n').length)],
])('readReadme() refuses %s', (_what, text) => {
  expect(faultsOf(text)).toHaveLength(1);
});

test('readReadme() wants a configuration and commands from a command line', () => {
  expect(faultsOf(readme, true)).toEqual(['README lacks an example: a yaml and a sh block']);
  const text = `${readme}\n## Example\n\n\`\`\`yaml\na: 1\n\`\`\`\n\n\`\`\`sh\nship it\n\`\`\`\n`;
  const { session } = readReadme(text, '@exoship/probe', true);
  expect(session).toEqual({ yaml: 'a: 1\n', sh: 'ship it\n' });
});

const files = ['package.json', 'LICENSE', 'README.md', 'dist/index.js', 'src/index.ts'];

test('tarballFaults() passes what a package should hold', () => {
  expect(tarballFaults(files, '{}')).toEqual([]);
});

test.each([
  ['a missing licence', files.filter((file) => file !== 'LICENSE'), '{}'],
  ['a file of an earlier build', [...files, 'dist/gone.js'], '{}'],
  ['tests', [...files, 'test/index.test.ts'], '{}'],
  ['a protocol of the workspace', files, '{"dependencies":{"zod":"catalog:"}}'],
])('tarballFaults() refuses %s', (_what, held, manifest) => {
  expect(tarballFaults(held, manifest)).toHaveLength(1);
});

test('floorOf() reads the lowest version of Node, and nothing else', () => {
  expect(floorOf('>=24')).toBe('24.0.0');
  expect(floorOf('>=22.12.1')).toBe('22.12.1');
  expect(floorOf('^24 || ^26')).toBeUndefined();
  expect(floorOf(undefined)).toBeUndefined();
});

test('floorOf() keeps every part of a version', () => {
  const version = fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join('.'));
  fc.assert(fc.property(version, (text) => floorOf(`>=${text}`) === text));
});

test('findPublishedPackages() finds all ten, ci-cli with its two bins', async () => {
  const packages = await findPublishedPackages();
  expect(packages).toHaveLength(10);
  const bins = packages.flatMap((one) => one.bins);
  expect(bins).toEqual(['ci-cli', 'exoship']);
});
