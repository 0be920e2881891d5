import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Serve } from '../live/http-front.ts';
import * as buckets from './bucket-actions.ts';
import { type SosAction, type SosCall, type SosParts, sendXml } from './call.ts';
import * as multipart from './multipart-actions.ts';
import { createMultipartUploads } from './multipart-uploads.ts';
import * as objects from './object-actions.ts';
import type { ObjectStore } from './object-store.ts';
import { operationOf, parseTarget, type SosOperation, type SosTarget } from './operation.ts';
import { accessDenied, Refusal } from './refusal.ts';
import { verifySignature } from './verify-signature.ts';
import { errorDocument } from './xml.ts';

/** IAM as the object store sees it. */
interface SosIam {
  /** The secret of a key that exists now. */
  secretOf(key: string): string | undefined;
  /** May the role of this key do that? */
  allows(key: string, service: 'sos', operation: SosOperation): boolean;
}

export interface SosOptions {
  readonly store: ObjectStore;
  /** The regions that requests may be signed for; a bucket belongs to the one that its creation was signed for. */
  readonly zones: readonly string[];
  readonly iam: SosIam;
  readonly now: () => Date;
}

const actions: Readonly<Record<SosOperation, SosAction>> = {
  'list-buckets': buckets.listBuckets,
  'create-bucket': buckets.createBucket,
  'delete-bucket': buckets.deleteBucket,
  'head-bucket': buckets.headBucket,
  'get-bucket-location': buckets.getBucketLocation,
  'get-bucket-acl': buckets.getBucketAcl,
  'get-bucket-cors': buckets.getBucketCors,
  'get-bucket-ownership-controls': buckets.getBucketOwnershipControls,
  'list-objects': buckets.listBucketObjects,
  'delete-objects': objects.deleteObjects,
  'get-object': objects.getObject,
  'put-object': objects.putObject,
  'delete-object': objects.deleteObject,
  'list-multipart-uploads': multipart.listMultipartUploads,
  'create-multipart-upload': multipart.createMultipartUpload,
  'upload-part': multipart.uploadPart,
  'complete-multipart-upload': multipart.completeMultipartUpload,
  'abort-multipart-upload': multipart.abortMultipartUpload,
};

/** A path-style S3 server. Bodies are streams from end to end, so memory use does not depend on their size. */
export function createSos({ store, zones, iam, now }: SosOptions): Serve {
  const parts: SosParts = { store, uploads: createMultipartUploads(), now };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const target = parseTarget(request.url ?? '/');
      const operation = operationOf(request.method ?? '', target);
      const signed = await authorize(request, operation, target);
      await actions[operation]({ ...target, request, response, ...signed }, parts);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      sendXml(response, errorDocument(error.code, error.message), error.status);
    }
  }

  async function authorize(
    request: IncomingMessage,
    operation: SosOperation,
    target: SosTarget,
  ): Promise<Pick<SosCall, 'sha256' | 'zone'>> {
    const { bucket, key, query } = target;
    const isSigned = 'authorization' in request.headers || query.has('X-Amz-Signature');
    if (!isSigned && operation === 'get-object' && isPublic(bucket, key)) {
      return { sha256: undefined, zone: '' };
    }
    const facts = {
      method: request.method ?? '',
      target: request.url ?? '/',
      headers: request.headers as Readonly<Record<string, string>>,
    };
    const secretOf = (apiKey: string) => iam.secretOf(apiKey);
    const signer = await verifySignature(facts, { secretOf, zones, now: now() });
    if (!iam.allows(signer.key, 'sos', operation)) throw accessDenied();
    return { sha256: signer.sha256, zone: signer.zone };
  }

  /** A stranger is not told whether the object exists. */
  function isPublic(bucket: string, key: string): boolean {
    const found = store.buckets().find(({ name }) => name === bucket);
    return found?.objects.get(key)?.isPublic === true;
  }

  return serve;
}
