import { answerFailure } from './answer-failure.ts';
import { type ApiCall, callName, callUrl, isRepeatable } from './api-call.ts';
import type { Credentials } from './credentials.ts';
import { attemptHttp } from './http-attempt.ts';
import { parseAnswer } from './parse-answer.ts';
import { signRequest } from './sign-request.ts';
import type { Clock } from './system-clock.ts';

export interface SendOptions {
  readonly endpoint: string;
  /** Absent = unsigned. */
  readonly credentials?: Credentials | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Exoscale's own clients let a signature live this long. */
const signatureLifeMs = 600_000;

/** Signs a call and sends it once; resolves with the JSON of a 2xx answer. */
export async function sendCall(call: ApiCall, options: SendOptions): Promise<unknown> {
  const name = callName(call);
  const url = callUrl(options.endpoint, call);
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const authorization = authorize(call, url, body, options);
  const answer = await attemptHttp(options.fetch, {
    call: name,
    isRepeatable: isRepeatable(call),
    url,
    init: {
      method: call.method,
      headers: {
        accept: 'application/json',
        'user-agent': options.userAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(authorization !== undefined && { authorization }),
      },
      body: body ?? null,
    },
    timeoutMs: options.timeoutMs,
    signal: options.signal,
  });
  if (answer.status >= 200 && answer.status <= 299) {
    return parseAnswer(name, answer.status, answer.body);
  }
  throw answerFailure({
    call: name,
    isRepeatable: isRepeatable(call),
    status: answer.status,
    body: answer.body,
    retryAfter: answer.headers.get('retry-after'),
    now: options.clock.now(),
    sent: [body, ...longTexts(call.body), authorization, options.credentials?.secret.reveal()],
  });
}

function authorize(
  { method }: ApiCall,
  url: URL,
  body: string | undefined,
  { credentials, clock }: SendOptions,
): string | undefined {
  if (credentials === undefined) return undefined;
  const expiresAt = new Date(clock.now().getTime() + signatureLifeMs);
  const signable = { method, path: url.pathname, query: url.search.slice(1), body, expiresAt };
  return signRequest(signable, credentials);
}

/** User data, mostly: what is long enough to be somebody's script or secret. */
function longTexts(body: unknown): string[] {
  if (typeof body !== 'object' || body === null) return [];
  return Object.values(body).filter((value) => typeof value === 'string' && value.length > 64);
}
