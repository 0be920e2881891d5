import { notImplemented, Refusal } from './refusal.ts';

/** The object store's operations; IAM policies use the same words. */
export type SosOperation =
  | 'list-buckets'
  | 'create-bucket'
  | 'delete-bucket'
  | 'head-bucket'
  | 'get-bucket-location'
  | 'get-bucket-acl'
  | 'get-bucket-cors'
  | 'get-bucket-ownership-controls'
  | 'list-objects'
  | 'delete-objects'
  | 'get-object'
  | 'put-object'
  | 'delete-object'
  | 'list-multipart-uploads'
  | 'create-multipart-upload'
  | 'upload-part'
  | 'complete-multipart-upload'
  | 'abort-multipart-upload';

/** A path-style request, taken apart. */
export interface SosTarget {
  /** '' for the list of all buckets. */
  readonly bucket: string;
  /** '' for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

export function parseTarget(target: string): SosTarget {
  const cut = target.indexOf('?');
  const path = cut === -1 ? target : target.slice(0, cut);
  const [, bucket = '', ...rest] = path.split('/');
  try {
    return {
      bucket: decodeURIComponent(bucket),
      key: decodeURIComponent(rest.join('/')),
      query: new URLSearchParams(cut === -1 ? '' : target.slice(cut + 1)),
    };
  } catch {
    throw new Refusal(400, 'InvalidURI', 'The path is not properly escaped');
  }
}

/** By method, level and sub-resource: S3 has no other names on the wire. */
export function operationOf(method: string, target: SosTarget): SosOperation {
  const operation =
    target.bucket === ''
      ? serviceOperations[method]
      : target.key === ''
        ? bucketOperation(method, target.query)
        : objectOperation(method, target.query);
  if (operation === undefined) throw notImplemented(`${method} on this resource`);
  return operation;
}

const serviceOperations: Readonly<Record<string, SosOperation>> = { GET: 'list-buckets' };

const bucketSubresources: Readonly<Record<string, SosOperation>> = {
  location: 'get-bucket-location',
  acl: 'get-bucket-acl',
  cors: 'get-bucket-cors',
  ownershipControls: 'get-bucket-ownership-controls',
  uploads: 'list-multipart-uploads',
};

function bucketOperation(method: string, query: URLSearchParams): SosOperation | undefined {
  if (method === 'HEAD') return 'head-bucket';
  if (method === 'PUT' && query.size === 0) return 'create-bucket';
  if (method === 'DELETE') return 'delete-bucket';
  if (method === 'POST' && query.has('delete')) return 'delete-objects';
  if (method !== 'GET') return undefined;
  const subresource = Object.keys(bucketSubresources).find((name) => query.has(name));
  return subresource === undefined ? 'list-objects' : bucketSubresources[subresource];
}

function objectOperation(method: string, query: URLSearchParams): SosOperation | undefined {
  const isPart = query.has('uploadId');
  switch (method) {
    case 'GET':
    case 'HEAD':
      return 'get-object';
    case 'PUT':
      return isPart ? 'upload-part' : 'put-object';
    case 'DELETE':
      return isPart ? 'abort-multipart-upload' : 'delete-object';
    case 'POST':
      if (query.has('uploads')) return 'create-multipart-upload';
      return isPart ? 'complete-multipart-upload' : undefined;
    default:
      return undefined;
  }
}
