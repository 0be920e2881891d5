import type { HttpAnswer } from './transport.ts';

/** An answer as it may be stored and shown. */
export interface AnswerExcerpt {
  readonly status: number;
  /** Without the ones that carry sessions or credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first 2 KiB as UTF-8; what is not UTF-8 shows as U+FFFD. */
  readonly body: string;
  readonly bodyTruncated: boolean;
}

const EXCERPT_BYTES = 2048;
const PRIVATE_HEADERS: ReadonlySet<string> = new Set([
  'set-cookie',
  'set-cookie2',
  'cookie',
  'authorization',
  'proxy-authorization',
  'authentication-info',
  'proxy-authentication-info',
]);

/** The part of an answer that is kept as evidence. */
export function excerptOf(answer: HttpAnswer): AnswerExcerpt {
  const head = answer.body.subarray(0, EXCERPT_BYTES);
  const bodyTruncated = answer.truncated || head.length < answer.body.length;
  return {
    status: answer.status,
    headers: Object.fromEntries(
      Object.entries(answer.headers).filter(([name]) => !PRIVATE_HEADERS.has(name.toLowerCase())),
    ),
    // `stream` holds back a character that the cut went through, instead of showing it broken.
    body: new TextDecoder().decode(head, { stream: bodyTruncated }),
    bodyTruncated,
  };
}
