import { announced, expectations, readDocument, type SosAction, sendXml } from './call.ts';
import { receiveBody } from './receive-body.ts';
import { Refusal } from './refusal.ts';
import { element, textsOf, xmlDocument } from './xml.ts';

export const createMultipartUpload: SosAction = (call, { store, uploads, now }) => {
  const { bucket, key, response } = call;
  store.bucket(bucket);
  const { id } = uploads.start({ bucket, key, ...announced(call), startedAt: now() });
  const names = [element('Bucket', bucket), element('Key', key), element('UploadId', id)];
  sendXml(response, xmlDocument('InitiateMultipartUploadResult', names));
};

export const uploadPart: SosAction = async (call, { store, uploads }) => {
  const partNumber = Number(call.query.get('partNumber'));
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000) {
    throw new Refusal(400, 'InvalidArgument', 'partNumber must be between 1 and 10000');
  }
  const body = await receiveBody(call.request, store.newFile(), expectations(call));
  await uploads.addPart(uploadId(call.query), partNumber, body);
  call.response.writeHead(200, { etag: `"${body.md5}"` }).end();
};

export const completeMultipartUpload: SosAction = async (call, { store, uploads, now }) => {
  const { bucket, key, query, response } = call;
  const document = await readDocument(call);
  const etags = textsOf(document, 'ETag');
  const parts = textsOf(document, 'PartNumber').map((text, index) => ({
    partNumber: Number(text),
    etag: etags[index] ?? '',
  }));
  const object = await uploads.complete(uploadId(query), parts, store.newFile());
  await store.put(bucket, { ...object, modifiedAt: now() });
  const names = [
    element('Bucket', bucket),
    element('Key', key),
    element('ETag', `"${object.etag}"`),
  ];
  sendXml(response, xmlDocument('CompleteMultipartUploadResult', names));
};

export const abortMultipartUpload: SosAction = async ({ query, response }, { uploads }) => {
  await uploads.abort(uploadId(query));
  response.writeHead(204).end();
};

export const listMultipartUploads: SosAction = ({ bucket, response }, { store, uploads }) => {
  store.bucket(bucket);
  const open = uploads
    .list(bucket)
    .map(({ key, id, startedAt }) =>
      element('Upload', [
        element('Key', key),
        element('UploadId', id),
        element('Initiated', startedAt.toISOString()),
      ]),
    );
  const children = [element('Bucket', bucket), element('IsTruncated', false), ...open];
  sendXml(response, xmlDocument('ListMultipartUploadsResult', children));
};

function uploadId(query: URLSearchParams): string {
  return query.get('uploadId') ?? '';
}
