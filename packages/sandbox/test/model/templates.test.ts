import { expect, test } from 'vitest';
import type { TemplateDetails } from '../../src/model/template.ts';
import { createSimulatedImages } from '../../src/virtual/simulated-images.ts';
import { createPoolCloud, zone } from './pool-cloud.ts';

const details: TemplateDetails = {
  name: 'app',
  url: 'https://sos.invalid/bucket/app.tar.gz',
  checksum: 'd41d8cd98f00b204e9800998ecf8427e',
  isSshKeyEnabled: true,
  isPasswordEnabled: false,
};

test('register() makes the template exist when its operation succeeds', async () => {
  const { cloud, end, events } = await createPoolCloud();
  const operation = cloud.templates.register(zone, details);
  expect(() => cloud.templates.get(zone, operation.referenceId)).toThrow('not found');
  expect((await end(operation)).state).toBe('success');
  expect(cloud.templates.get(zone, operation.referenceId)).toMatchObject({
    name: 'app',
    visibility: 'private',
    zones: [zone],
  });
  const templateId = operation.referenceId;
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'template-registered', templateId, name: 'app' }),
  );
});

test('register() fails when its image cannot be had', async () => {
  const images = createSimulatedImages({ [details.url]: 'unreachable' });
  const { cloud, end } = await createPoolCloud({ images });
  const operation = await end(cloud.templates.register(zone, details));
  expect(operation).toMatchObject({ state: 'failure', reason: 'incorrect' });
  expect(operation.message).toContain(details.url);
  expect(cloud.templates.list(zone, { visibility: 'private' })).toHaveLength(1);
});

test('register() takes the same name twice', async () => {
  const { cloud, end } = await createPoolCloud();
  const [first, second] = [
    await end(cloud.templates.register(zone, details)),
    await end(cloud.templates.register(zone, details)),
  ];
  expect(first.referenceId).not.toBe(second.referenceId);
  const named = cloud.templates.list(zone).filter(({ name }) => name === 'app');
  expect(named).toHaveLength(2);
});

test('register() refuses what the quota does not grant', async () => {
  const { cloud } = await createPoolCloud({ quotas: { template: 1 } });
  expect(() => cloud.templates.register(zone, details)).toThrow('Quota of "template" exceeded');
});

test('list() filters by visibility and family', async () => {
  const { cloud } = await createPoolCloud();
  cloud.templates.add({ name: 'db', family: 'postgres' });
  const names = (filter: Parameters<typeof cloud.templates.list>[1]) =>
    cloud.templates.list(zone, filter).map(({ name }) => name);
  expect(names({ visibility: 'public' })).toEqual(['Linux Ubuntu 24.04 LTS 64-bit']);
  expect(names({ visibility: 'private' })).toEqual(['first', 'db']);
  expect(names({ family: 'postgres' })).toEqual(['db']);
});

test('copy() adds a zone', async () => {
  const { cloud, end } = await createPoolCloud();
  const { referenceId } = await end(cloud.templates.register(zone, details));
  expect(() => cloud.templates.get('de-fra-1', referenceId)).toThrow('not found');
  await end(cloud.templates.copy(zone, referenceId, 'de-fra-1'));
  expect(cloud.templates.get('de-fra-1', referenceId).zones).toEqual([zone, 'de-fra-1']);
  expect(() => cloud.templates.copy(zone, referenceId, 'mars-1')).toThrow('not found');
});

test('delete() releases the image and leaves instances alone', async () => {
  const released: unknown[] = [];
  const images = { ...createSimulatedImages(), release: (image: unknown) => released.push(image) };
  const sandbox = await createPoolCloud({ images, size: 1 });
  const { cloud, end, template, members } = sandbox;
  await end(cloud.templates.delete(zone, template.id));
  expect(released).toEqual([template.image]);
  expect(() => cloud.templates.get(zone, template.id)).toThrow('not found');
  expect(members()[0]?.state).toBe('running');
  expect(cloud.snapshot().templates).toEqual({ ever: 1, now: 0 });
});

test('delete() refuses a public template', async () => {
  const { cloud } = await createPoolCloud();
  const [ubuntu] = cloud.templates.list(zone, { visibility: 'public' });
  expect(() => cloud.templates.delete(zone, ubuntu?.id ?? '')).toThrow('is public');
});
