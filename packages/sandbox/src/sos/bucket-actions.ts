import { type SosAction, sendXml } from './call.ts';
import { listObjects } from './list-objects.ts';
import { Refusal } from './refusal.ts';
import { element, xmlDocument } from './xml.ts';

const owner = element('Owner', [element('ID', 'sandbox'), element('DisplayName', 'sandbox')]);

export const listBuckets: SosAction = ({ response }, { store }) => {
  const buckets = store
    .buckets()
    .map(({ name, createdAt }) =>
      element('Bucket', [element('Name', name), element('CreationDate', createdAt.toISOString())]),
    );
  sendXml(response, xmlDocument('ListAllMyBucketsResult', [owner, element('Buckets', buckets)]));
};

export const createBucket: SosAction = ({ bucket, zone, response }, { store, now }) => {
  store.createBucket(bucket, zone, now());
  response.writeHead(200, { location: `/${bucket}` }).end();
};

export const deleteBucket: SosAction = ({ bucket, response }, { store }) => {
  store.deleteBucket(bucket);
  response.writeHead(204).end();
};

export const headBucket: SosAction = ({ bucket, response }, { store }) => {
  const { zone } = store.bucket(bucket);
  response.writeHead(200, { 'x-amz-bucket-region': zone }).end();
};

export const getBucketLocation: SosAction = ({ bucket, response }, { store }) => {
  const { zone } = store.bucket(bucket);
  sendXml(response, xmlDocument('LocationConstraint', [zone]));
};

export const getBucketAcl: SosAction = ({ bucket, response }, { store }) => {
  store.bucket(bucket);
  sendXml(response, xmlDocument('AccessControlPolicy', [owner, element('AccessControlList', [])]));
};

export const getBucketCors: SosAction = ({ bucket }, { store }) => {
  store.bucket(bucket);
  throw new Refusal(404, 'NoSuchCORSConfiguration', 'The CORS configuration does not exist');
};

export const getBucketOwnershipControls: SosAction = ({ bucket, response }, { store }) => {
  store.bucket(bucket);
  const rule = element('Rule', [element('ObjectOwnership', 'ObjectWriter')]);
  sendXml(response, xmlDocument('OwnershipControls', [rule]));
};

export const listBucketObjects: SosAction = ({ bucket, query, response }, { store }) => {
  sendXml(response, listObjects(store.bucket(bucket), query));
};
