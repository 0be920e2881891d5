import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuildPlan, planBuild } from '../../src/build/plan-build.ts';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import type { Settings } from '../../src/config/settings.ts';
import { parse, withLine } from '../config/support/problems.ts';

let sources: string;
beforeAll(async () => {
  sources = await mkdtemp(join(tmpdir(), 'exoship-plan-'));
  await writeFile(join(sources, 'main.ts'), 'one');
});
afterAll(async () => await rm(sources, { recursive: true, force: true }));

const yaml = withLine(
  'bucket: templates',
  `      bucket: templates
      variables: { out: "\${artifact}", release: "\${version}", port: "\${port}" }
      withoutPacker: [make, "OUT=\${artifact}", "RELEASE=\${variables.release}"]`,
)
  .replace('artifact: hello.tar.gz', `artifact: "hello-\${version}.tar.gz"`)
  .replace('inputs: ["src/**"]', 'inputs: ["*.ts"]');
const env = { CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00' };

function settings(): Settings {
  return { ...resolveSettings({ config: parse(yaml), flags: {}, env: {} }), folder: sources };
}

async function plan(changes: Partial<Parameters<typeof planBuild>[0]> = {}): Promise<BuildPlan> {
  const options = { settings: settings(), env, folder: '/private', variables: [] };
  return await planBuild({ ...options, ...changes });
}

test('what exoship.yaml says is filled in', async () => {
  expect(await plan()).toMatchObject({
    version: 'c0ffee0',
    image: '/private/hello-c0ffee0.tar.gz',
    variables: { out: '/private/hello-c0ffee0.tar.gz', release: 'c0ffee0', port: '8080' },
    withoutPacker: ['make', 'OUT=/private/hello-c0ffee0.tar.gz', 'RELEASE=c0ffee0'],
    packerTemplate: join(sources, 'hello.pkr.hcl'),
    sources,
    bucket: 'templates',
  });
});

test.each([
  ['release=good', 'good'],
  ['release=', ''],
  ['release=a=b', 'a=b'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that it stays as it is, is the point.
  ['release=${version}', '${version}'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as above.
  ['release=${no.such.name}', '${no.such.name}'],
  ['release=$${version}', '$${version}'],
  ['release=two\nlines', 'two\nlines'],
])(
  '--var %j is taken literally, by Packer and by the command in its place',
  async (given, value) => {
    const { variables, withoutPacker } = await plan({ variables: [given] });
    expect(variables.release).toBe(value);
    expect(withoutPacker?.at(-1)).toBe(`RELEASE=${value}`);
  },
);

test('the last --var of a name counts', async () => {
  const { variables } = await plan({ variables: ['release=one', 'release=two'] });
  expect(variables.release).toBe('two');
});

test.each(['release', '=good', '1release=good', ''])('--var %j is refused', async (given) => {
  await expect(plan({ variables: [given] })).rejects.toMatchObject({
    exitCode: 2,
    message: `--var takes name=value: got "${given}"`,
  });
});

test('the inputs hash is that of the inputs: not of the place where the image is made', async () => {
  const { inputsHash, buildMark } = await plan();
  expect(buildMark).toBe(inputsHash.slice(0, 32));
  expect(await plan({ folder: '/elsewhere' })).toMatchObject({ inputsHash });
  expect(await plan({ variables: ['release=other'] })).not.toMatchObject({ inputsHash });
  expect(await plan({ env: { CI_COMMIT_TAG: 'v1' } })).not.toMatchObject({ inputsHash });
});
