export interface ListedObject {
  readonly key: string;
  /** By the store's clock. */
  readonly modifiedAt: Date;
}

/** What the keys of uploads that wait for their import begin with: nobody else's object is taken for one. */
export const uploadPrefix = 'exoship-import/';

/** The objects of an S3 listing; what cannot be read is left out. */
export function readList(xml: string): readonly ListedObject[] {
  return [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].flatMap(([, contents = '']) => {
    const key = textOf('Key', contents);
    const modifiedAt = new Date(textOf('LastModified', contents));
    const isUpload = key.startsWith(uploadPrefix) && !Number.isNaN(modifiedAt.getTime());
    return isUpload ? [{ key, modifiedAt }] : [];
  });
}

function textOf(tag: string, xml: string): string {
  return new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '';
}
