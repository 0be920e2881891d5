import type { Bucket, StoredObject } from './object-store.ts';
import { Refusal } from './refusal.ts';
import { element, xmlDocument } from './xml.ts';

const mostKeys = 1000;

/** ListObjectsV2: keys in order of their bytes; what shares a prefix up to the delimiter is rolled up. */
export function listObjects(bucket: Bucket, query: URLSearchParams): string {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = keyLimit(query.get('max-keys'));
  const after = query.get('continuation-token') || query.get('start-after') || '';
  const entries = rollUp(bucket, prefix, delimiter).filter(
    ({ name }) => compareBytes(name, after) > 0,
  );
  const page = entries.slice(0, limit);
  const last = page.at(-1);
  const isTruncated = entries.length > page.length && last !== undefined;
  return xmlDocument('ListBucketResult', [
    element('Name', bucket.name),
    element('Prefix', prefix),
    ...(delimiter === '' ? [] : [element('Delimiter', delimiter)]),
    element('MaxKeys', limit),
    element('KeyCount', page.length),
    element('IsTruncated', isTruncated),
    ...(isTruncated ? [element('NextContinuationToken', last.name)] : []),
    ...page.flatMap(({ object }) => (object === undefined ? [] : [contents(object)])),
    ...page.flatMap(({ name, object }) =>
      object === undefined ? [element('CommonPrefixes', [element('Prefix', name)])] : [],
    ),
  ]);
}

interface Entry {
  readonly name: string;
  /** Absent for a common prefix. */
  readonly object?: StoredObject;
}

function rollUp(bucket: Bucket, prefix: string, delimiter: string): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of bucket.objects.values()) {
    if (!object.key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = cut === -1 ? object.key : object.key.slice(0, cut + delimiter.length);
    entries.set(name, cut === -1 ? { name, object } : { name });
  }
  return [...entries.values()].sort((one, other) => compareBytes(one.name, other.name));
}

function contents(object: StoredObject): string {
  return element('Contents', [
    element('Key', object.key),
    element('LastModified', object.modifiedAt.toISOString()),
    element('ETag', `"${object.etag}"`),
    element('Size', object.sizeBytes),
    element('StorageClass', 'STANDARD'),
  ]);
}

function keyLimit(text: string | null): number {
  if (text === null || text === '') return mostKeys;
  if (!/^\d+$/.test(text))
    throw new Refusal(400, 'InvalidArgument', 'max-keys must be a whole number');
  return Math.min(Number(text), mostKeys);
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
