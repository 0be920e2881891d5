import { expect, it } from 'vitest';
import { readList, readOpenUploads } from '../src/listed-object.ts';

const object = (key: string, modified: string): string =>
  `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><Size>1</Size></Contents>`;
const moment = '2026-01-02T03:04:05.000Z';

it.each([
  ['nothing', '', []],
  [
    'two uploads',
    object('exoship-import/1/a', moment) + object('exoship-import/2/b', moment),
    ['exoship-import/1/a', 'exoship-import/2/b'],
  ],
  ['a stranger’s object', object('backup/a', moment), []],
  ['an upload of no date', object('exoship-import/1/a', 'yesterday'), []],
])('readList() of %s', (_name, contents, keys) => {
  const listed = readList(`<?xml version="1.0"?><ListBucketResult>${contents}</ListBucketResult>`);
  expect(listed.map(({ key }) => key)).toEqual(keys);
  for (const { modifiedAt } of listed) expect(modifiedAt).toEqual(new Date(moment));
});

it('readOpenUploads() reads key, id and date of each of our own', () => {
  const upload = (key: string, id: string): string =>
    `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${moment}</Initiated></Upload>`;
  const xml = upload('exoship-import/1/a&amp;b', 'one') + upload('backup/a', 'two');
  expect(
    readOpenUploads(`<ListMultipartUploadsResult>${xml}</ListMultipartUploadsResult>`),
  ).toEqual([{ key: 'exoship-import/1/a&b', modifiedAt: new Date(moment), uploadId: 'one' }]);
  expect(readOpenUploads(upload('exoship-import/1/a', ''))).toEqual([]);
});
