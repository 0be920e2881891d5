import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import { startSandbox } from '@exoship/sandbox';
import { expect, test } from 'vitest';
import { importImage } from '../../src/build/import-image.ts';
import { planBuild } from '../../src/build/plan-build.ts';
import { resolveSettings } from '../../src/config/resolve-settings.ts';
import { parse, withLine } from '../config/support/problems.ts';
import { fakeJob } from '../support/fake-job.ts';

/** The cloud shows another checksum than the one that it was given. */
function lying(exoscale: Exoscale): Exoscale {
  const { templates } = exoscale;
  const get: typeof templates.get = async (id, options) => ({
    ...(await templates.get(id, options)),
    checksum: 'of another image',
  });
  return { ...exoscale, templates: { ...templates, get } };
}

test('importImage() leaves no template that is not what was uploaded', async () => {
  await using sandbox = await startSandbox({ latencies: { operationMs: 1, templateMs: 1 } });
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  await using folder = await mkdtempDisposable(join(tmpdir(), 'xw-'));
  const yaml = withLine('bucket: templates', '      bucket: templates');
  const settings = {
    ...resolveSettings({ config: parse(yaml), flags: {}, env: {} }),
    folder: folder.path,
  };
  const env = { CI_COMMIT_SHA: 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00' };
  const plan = await planBuild({ settings, env, folder: folder.path, variables: [] });
  await writeFile(plan.image, Buffer.from('QFI\xfb', 'latin1'));
  const { job, stderr } = fakeJob();

  const importing = importImage(job, lying(exoscale), plan, undefined);
  await expect(importing).rejects.toMatchObject({ code: 'unexpected-change' });
  expect(stderr()).toContain('is not what was uploaded, and was deleted');
  expect(await exoscale.templates.list({ visibility: 'private' })).toEqual([]);
  expect(job.cleanup.entries).toEqual([]);
});
