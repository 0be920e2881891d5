import { expect, test } from 'vitest';
import { mergePool } from '../../src/model/merge-pool.ts';
import type { Pool } from '../../src/model/pool.ts';
import { defaultSwitches } from '../../src/model/switches.ts';

const pool = {
  name: 'web',
  size: 3,
  templateId: 'old',
  securityGroupIds: ['sg'],
  sshKeyNames: ['deploy'],
  userData: 'abc',
  labels: { a: '1', b: '2' },
} as unknown as Pool;

test('mergePool() changes what is named', () => {
  const merged = mergePool(pool, { templateId: 'new', securityGroupIds: ['x'] }, defaultSwitches);
  expect(merged).toMatchObject({
    templateId: 'new',
    securityGroupIds: ['x'],
    name: 'web',
    size: 3,
  });
});

test('mergePool() clears what a PUT leaves out, by switch', () => {
  const cleared = mergePool(pool, { templateId: 'new' }, defaultSwitches);
  expect(cleared).toMatchObject({ securityGroupIds: [], sshKeyNames: [], userData: 'abc' });
  const keep = { ...defaultSwitches, omittedFieldsOnPut: 'keep' as const };
  expect(mergePool(pool, { templateId: 'new' }, keep).securityGroupIds).toEqual(['sg']);
});

test('mergePool() clears what is null, whatever the switches', () => {
  const keep = { ...defaultSwitches, omittedFieldsOnPut: 'keep' as const };
  const merged = mergePool(pool, { securityGroupIds: null, userData: null }, keep);
  expect(merged).toMatchObject({ securityGroupIds: [], userData: '', sshKeyNames: ['deploy'] });
});

test('mergePool() replaces or merges labels, by switch', () => {
  const labels = { b: '3', c: '4' };
  expect(mergePool(pool, { labels }, defaultSwitches).labels).toEqual(labels);
  const merge = { ...defaultSwitches, putMergesLabels: 'merge' as const };
  expect(mergePool(pool, { labels }, merge).labels).toEqual({ a: '1', b: '3', c: '4' });
});

test('mergePool() keeps labels that are not named', () => {
  expect(mergePool(pool, { name: 'other' }, defaultSwitches).labels).toEqual(pool.labels);
});
