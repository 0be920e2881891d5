/** What an import has put into a bucket and not taken away: under way, or left by one that was killed. */
export interface ListedUpload {
  readonly key: string;
  /** By the store's clock. */
  readonly modifiedAt: Date;
  /** Only of an upload in parts that was never completed: it is no object yet, and takes room all the same. */
  readonly uploadId?: string | undefined;
}

/** What the keys of uploads that wait for their import begin with: nobody else's object is taken for one. */
export const uploadPrefix = 'exoship-import/';

/** The objects of an S3 listing; what cannot be read is left out. */
export function readList(xml: string): readonly ListedUpload[] {
  return entries('Contents', 'LastModified', xml).map(({ key, modifiedAt }) => ({
    key,
    modifiedAt,
  }));
}

/** The open uploads of an S3 listing; what cannot be read is left out. */
export function readOpenUploads(xml: string): readonly (ListedUpload & { uploadId: string })[] {
  return entries('Upload', 'Initiated', xml).flatMap(({ key, modifiedAt, text }) => {
    const uploadId = textOf('UploadId', text);
    return uploadId === '' ? [] : [{ key, modifiedAt, uploadId }];
  });
}

/** The first element of a name in one of S3's flat documents, '' when there is none. */
export function textOf(tag: string, xml: string): string {
  return unescapeXml(new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(xml)?.[1] ?? '');
}

function entries(tag: string, dateTag: string, xml: string) {
  const pattern = new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs');
  return [...xml.matchAll(pattern)].flatMap(([, text = '']) => {
    const key = textOf('Key', text);
    const modifiedAt = new Date(textOf(dateTag, text));
    const isUpload = key.startsWith(uploadPrefix) && !Number.isNaN(modifiedAt.getTime());
    return isUpload ? [{ key, modifiedAt, text }] : [];
  });
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

function unescapeXml(text: string): string {
  return text.replace(/&\w+;/g, (entity) => entities[entity] ?? entity);
}
