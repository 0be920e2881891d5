import type { Sandbox } from '@exoship/sandbox';
import { AwsV4Signer } from 'aws4fetch';

/** Every object in the store, as `bucket/key`, seen by its owner over the wire. */
export async function listObjects(sandbox: Sandbox): Promise<readonly string[]> {
  const buckets = valuesOf('Name', await read(sandbox, '/'));
  const lists = await Promise.all(
    buckets.map(async (bucket) => {
      const keys = valuesOf('Key', await read(sandbox, `/${bucket}?list-type=2`));
      const uploads = valuesOf('Key', await read(sandbox, `/${bucket}?uploads`));
      return [...keys, ...uploads].map((key) => `${bucket}/${key}`);
    }),
  );
  return lists.flat();
}

async function read({ sosEndpoint, zone, adminCredentials }: Sandbox, path: string) {
  const { url, headers } = await new AwsV4Signer({
    url: `${sosEndpoint}${path}`,
    accessKeyId: adminCredentials.key,
    secretAccessKey: adminCredentials.secret.reveal(),
    service: 's3',
    region: zone,
  }).sign();
  const answer = await fetch(url, { headers });
  const text = await answer.text();
  if (answer.ok) return text;
  throw new RangeError(`The object store answered ${answer.status} to GET ${path}: ${text}`);
}

function valuesOf(tag: string, xml: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${tag}>([^<]*)</${tag}>`, 'g'))].map(
    ([, text]) => text ?? '',
  );
}
