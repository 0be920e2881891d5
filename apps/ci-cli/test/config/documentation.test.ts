import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import { settingsTable } from '../../src/config/settings-table.ts';
import { jsonSchema, type SchemaNode, stringify } from './support/json-schema.ts';
import { renderKeyTable } from './support/key-table.ts';
import { MINIMAL, parse, withLine } from './support/problems.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const DOCS = join(ROOT, 'docs');
const validate = new Ajv2020({ strict: false }).compile(jsonSchema);

// `vitest run -u test/config` writes both files anew.

test('docs/exoship.schema.json is what the loader accepts', async () => {
  await expect(stringify(jsonSchema)).toMatchFileSnapshot(join(DOCS, 'exoship.schema.json'));
});

test('docs/configuration.md lists every key with its type, default, variable and flag', async () => {
  const file = join(DOCS, 'configuration.md');
  const text = await readFile(file, 'utf8');
  const table = `<!-- keys -->\n\n${renderKeyTable(jsonSchema)}\n\n<!-- /keys -->`;
  const upToDate = text.replace(/<!-- keys -->[\s\S]*<!-- \/keys -->/, () => table);
  await expect(upToDate).toMatchFileSnapshot(file);
});

test('the key of every setting exists', () => {
  const table = renderKeyTable(jsonSchema);
  for (const { key } of Object.values(settingsTable)) {
    expect(key === undefined || table.includes(`| \`${key}\` |`), key).toBe(true);
  }
});

test('every key is explained, and the schema explains what an environment overrides', () => {
  const unexplained = renderKeyTable(jsonSchema)
    .split('\n')
    .filter((line) => line.endsWith('|  |'));
  expect(unexplained).toEqual([]);
  const environment = jsonSchema.properties?.environments?.additionalProperties;
  const overrides = Object.entries(
    (environment as SchemaNode | undefined)?.properties?.deploy?.properties ?? {},
  );
  expect(overrides.length).toBeGreaterThan(0);
  expect(overrides.filter(([, { description }]) => !description)).toEqual([]);
});

test('the YAML blocks of docs/configuration.md are accepted', async () => {
  const text = await readFile(join(DOCS, 'configuration.md'), 'utf8');
  const blocks = [...text.matchAll(/```yaml\n(version: 1\n[\s\S]*?)```/g)].map(
    ([, block]) => block ?? '',
  );
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) {
    expect(parse(block).apps).not.toEqual({});
  }
});

test.each([
  ['the least', MINIMAL, true],
  ['no zone', withLine('zone: ch-gva-2', ''), false],
  ['odd zone', withLine('zone: ch-gva-2', '    zone: geneva'), false],
  ['port as text', withLine('port: 8080', '      port: "8080"'), false],
  ['duration', withLine('port: 8080', '      port: 8080\n      interval: 90s'), true],
  ['bare number', withLine('port: 8080', '      port: 8080\n      interval: 90'), false],
  ['tcp check', withLine('- path: /healthz', '        - {kind: tcp}'), true],
  ['tcp check with path', withLine('- path: /healthz', '        - {kind: tcp, path: /}'), false],
  [
    'override',
    withLine('pool: hello-app', '    pool: p\n    deploy: {gate: {successes: 1}}'),
    true,
  ],
  [
    'misspelt',
    withLine('pool: hello-app', '    pool: p\n    deploy: {gate: {succeses: 1}}'),
    false,
  ],
])('the JSON Schema and the loader agree: %s', (_label, text, isValid) => {
  expect(validate(parseYaml(text))).toBe(isValid);
  expect(isAccepted(text)).toBe(isValid);
});

test.each(['exoship.yaml', 'exoship.demo.yaml'])('apps/hello/%s is valid', async (name) => {
  const file = `apps/hello/${name}`;
  const config = await loadConfig({ file, cwd: ROOT });
  expect(Object.keys(config.apps)).toEqual(['hello']);
  expect(validate(parseYaml(await readFile(join(ROOT, file), 'utf8')))).toBe(true);
});

test('apps/hello/exoship.yaml, the worked example, says where and what', async () => {
  const config = await loadConfig({ file: 'apps/hello/exoship.yaml', cwd: ROOT });
  expect(Object.keys(config.environments)).toEqual(['staging', 'production']);
  const settings = resolveSettings({ config, flags: { environment: 'production' }, env: {} });
  expect(settings).toMatchObject({
    app: 'hello',
    zone: 'de-muc-1',
    pool: 'hello-app',
    test: {
      port: 8080,
      checks: [
        { path: '/healthz', status: 200 },
        { path: '/', contains: 'Hello, World!' },
      ],
    },
  });
});

function isAccepted(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}
