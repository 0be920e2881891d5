import type { Call, Classification } from './call.ts';
import { type Envelope, parseEnvelope, parseErrors } from './envelope.ts';
import type { WireOutcome } from './transport.ts';
import { VaultError, type VaultErrorCode } from './vault-error.ts';

/** What to do after one exchange. */
export type Verdict =
  | { readonly kind: 'answered'; readonly envelope: Envelope }
  | { readonly kind: 'failed'; readonly error: VaultError }
  | {
      readonly kind: 'again';
      readonly error: VaultError;
      /** Vault's own wish (`Retry-After`), uncapped. */
      readonly afterMs: number | undefined;
      /** The call may have taken effect already. */
      readonly isAmbiguous: boolean;
    };

type Reply = Extract<WireOutcome, { kind: 'reply' }>;
type Failure = Extract<WireOutcome, { kind: 'failure' }>;

/** The retry table: pure, so that every cell of it can be read in a test. */
export function judge(call: Call, outcome: WireOutcome, scrub: (text: string) => string): Verdict {
  if (outcome.kind === 'failure') return judgeFailure(call, outcome, scrub);
  const { status } = outcome;
  if (status >= 200 && status < 300) return judgeSuccess(call, outcome, scrub);
  if (status >= 300 && status < 400) return refuseRedirect(call, outcome, scrub);
  if (status === 502 || status === 504) {
    return judgeAmbiguous(call, {
      code: 'server-failed',
      detail: `a proxy said ${status}`,
      status,
    });
  }
  return judgeRejection(call, outcome, scrub);
}

function judgeFailure(call: Call, failure: Failure, scrub: (text: string) => string): Verdict {
  const detail = scrub(failure.detail);
  const fail = (code: VaultErrorCode, retryable: boolean): VaultError =>
    new VaultError(`${opening(call)}: ${detail}`, { code, path: call.template, retryable });
  if (failure.reason === 'untrusted-certificate') {
    return { kind: 'failed', error: fail('untrusted-certificate', false) };
  }
  if (failure.reason === 'too-large') {
    return { kind: 'failed', error: fail('invalid-response', false) };
  }
  const code = failure.reason === 'timed-out' ? 'timed-out' : 'unreachable';
  if (failure.maybeSent) return judgeAmbiguous(call, { code, detail });
  return { kind: 'again', error: fail(code, true), afterMs: undefined, isAmbiguous: false };
}

function judgeAmbiguous(
  call: Call,
  { code, detail, status }: { code: VaultErrorCode; detail: string; status?: number },
): Verdict {
  const path = call.template;
  if (call.repeatWhenAmbiguous) {
    const error = new VaultError(`${opening(call)}: ${detail}`, {
      code,
      path,
      retryable: true,
      status,
    });
    return { kind: 'again', error, afterMs: undefined, isAmbiguous: true };
  }
  const message = `${opening(call)}: ${detail}, and it may have taken effect`;
  const error = new VaultError(message, { code: 'ambiguous', path, retryable: false, status });
  return { kind: 'failed', error };
}

function judgeSuccess(call: Call, reply: Reply, scrub: (text: string) => string): Verdict {
  const envelope = parseEnvelope(reply.text, reply.headers);
  if (typeof envelope !== 'string') return { kind: 'answered', envelope };
  const error = new VaultError(`${opening(call)}: ${reply.status}, but ${scrub(envelope)}`, {
    code: call.codeWhenMalformed ?? 'invalid-response',
    path: call.template,
    retryable: false,
    status: reply.status,
  });
  return { kind: 'failed', error };
}

function refuseRedirect(
  call: Call,
  { status, headers }: Reply,
  scrub: (text: string) => string,
): Verdict {
  const location = headers.location ?? '';
  const target = URL.canParse(location) ? scrub(new URL(location).origin) : 'elsewhere';
  const message = `${opening(call)}: ${status} to "${target}" was not followed, a secret would go along (give the address of the active node or of its load balancer)`;
  const options = {
    code: 'redirect-refused',
    path: call.template,
    retryable: false,
    status,
  } as const;
  return { kind: 'failed', error: new VaultError(message, options) };
}

function judgeRejection(call: Call, reply: Reply, scrub: (text: string) => string): Verdict {
  const { messages, requestId } = parseErrors(reply.text);
  const said = messages.join('; ');
  const found = call.classify?.(reply.status, said) ?? classifyStatus(reply.status, said);
  const quoted = said === '' ? '' : `, "${scrub(said)}"`;
  const hint = found.hint === undefined ? '' : ` (${found.hint})`;
  const error = new VaultError(`${opening(call)}: ${reply.status}${quoted}${hint}`, {
    code: found.code,
    path: call.template,
    retryable: found.retryable ?? false,
    status: reply.status,
    requestId: requestId === '' ? undefined : requestId,
  });
  if (!error.retryable) return { kind: 'failed', error };
  return { kind: 'again', error, afterMs: parseRetryAfter(reply), isAmbiguous: false };
}

function classifyStatus(status: number, said: string): Classification {
  if (status === 403) return { code: 'denied' };
  if (status === 404) return { code: 'not-found' };
  if (status === 412) return { code: 'not-replicated', retryable: true };
  if (status === 429) return { code: 'rate-limited', retryable: true };
  if (status === 503)
    return { code: /seal/i.test(said) ? 'sealed' : 'server-failed', retryable: true };
  return { code: status >= 500 ? 'server-failed' : 'rejected' };
}

/** Seconds only: the other form, a date, would compare two machines' clocks. */
function parseRetryAfter({ headers }: Reply): number | undefined {
  const value = headers['retry-after'] ?? '';
  return /^\d{1,9}$/.test(value) ? Number(value) * 1000 : undefined;
}

function opening(call: Call): string {
  return `Cannot ${call.action} at Vault's "${call.template}"`;
}
