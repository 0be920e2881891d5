/** The object store says no, in S3's own words; turned into an XML answer at the edge. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** S3's error code, such as `NoSuchKey`. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const accessDenied = (): Refusal => new Refusal(403, 'AccessDenied', 'Access Denied');

export const noSuchBucket = (): Refusal =>
  new Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');

export const noSuchKey = (): Refusal =>
  new Refusal(404, 'NoSuchKey', 'The specified key does not exist');

export const notImplemented = (what: string): Refusal =>
  new Refusal(501, 'NotImplemented', `The sandbox does not implement ${what}`);
