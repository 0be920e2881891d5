import { createReadStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { announced, expectations, header, readDocument, type SosAction, sendXml } from './call.ts';
import { receiveBody } from './receive-body.ts';
import { notImplemented } from './refusal.ts';
import { element, textsOf, xmlDocument } from './xml.ts';

export const putObject: SosAction = async (call, { store, now }) => {
  if (header(call.request, 'x-amz-copy-source') !== undefined) throw notImplemented('copies');
  store.bucket(call.bucket);
  const body = await receiveBody(call.request, store.newFile(), expectations(call));
  await store.put(call.bucket, {
    key: call.key,
    file: body.file,
    sizeBytes: body.sizeBytes,
    etag: body.md5,
    ...announced(call),
    modifiedAt: now(),
  });
  call.response.writeHead(200, { etag: `"${body.md5}"` }).end();
};

export const getObject: SosAction = async ({ bucket, key, request, response }, { store }) => {
  const object = store.object(bucket, key);
  response.writeHead(200, {
    'content-length': object.sizeBytes,
    'content-type': object.contentType,
    etag: `"${object.etag}"`,
    'last-modified': object.modifiedAt.toUTCString(),
  });
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  // Opened before anything else can happen: a later PUT or DELETE does not disturb this reader.
  const content = createReadStream(object.file, { fd: openSync(object.file, 'r') });
  await pipeline(content, response);
};

export const deleteObject: SosAction = async ({ bucket, key, response }, { store }) => {
  await store.delete(bucket, key);
  response.writeHead(204).end();
};

export const deleteObjects: SosAction = async (call, { store }) => {
  const keys = textsOf(await readDocument(call), 'Key');
  for (const key of keys) await store.delete(call.bucket, key);
  const deleted = keys.map((key) => element('Deleted', [element('Key', key)]));
  sendXml(call.response, xmlDocument('DeleteResult', deleted));
};
