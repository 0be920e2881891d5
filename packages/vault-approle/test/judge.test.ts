import { describe, expect, test } from 'vitest';
import type { Call } from '../src/call.ts';
import { judge, type Verdict } from '../src/judge.ts';
import { revokeLeaseCall } from '../src/session-calls.ts';
import type { WireOutcome } from '../src/transport.ts';

const read: Call = {
  action: 'read',
  method: 'GET',
  path: 'a/b',
  template: 'a/b',
  repeatWhenAmbiguous: true,
};
const login: Call = { ...read, action: 'log in', repeatWhenAmbiguous: false };

function reply(status: number, text = '', headers: Record<string, string> = {}): WireOutcome {
  return { kind: 'reply', status, headers, text };
}

function failure(
  reason: 'timed-out' | 'untrusted-certificate' | 'too-large' | 'broken',
  maybeSent: boolean,
): WireOutcome {
  return { kind: 'failure', maybeSent, reason, detail: 'what happened' };
}

function verdictOf(call: Call, outcome: WireOutcome): Verdict {
  return judge(call, outcome, (text) => text);
}

/** `again` or `failed` with the code, as one word. */
function decide(call: Call, outcome: WireOutcome): string {
  const verdict = verdictOf(call, outcome);
  return verdict.kind === 'answered' ? 'answered' : `${verdict.kind} ${verdict.error.code}`;
}

describe('judge()', () => {
  // The retry table: a call that may be repeated, and a login.
  test.each([
    [
      'refused, DNS, TLS broken',
      failure('broken', false),
      'again unreachable',
      'again unreachable',
    ],
    ['no connection in time', failure('timed-out', false), 'again timed-out', 'again timed-out'],
    ['reset after sending', failure('broken', true), 'again unreachable', 'failed ambiguous'],
    ['silence after sending', failure('timed-out', true), 'again timed-out', 'failed ambiguous'],
    ['502', reply(502), 'again server-failed', 'failed ambiguous'],
    ['504', reply(504), 'again server-failed', 'failed ambiguous'],
    ['429', reply(429), 'again rate-limited', 'again rate-limited'],
    ['412', reply(412), 'again not-replicated', 'again not-replicated'],
    ['503', reply(503), 'again server-failed', 'again server-failed'],
    ['sealed', reply(503, '{"errors":["Vault is sealed"]}'), 'again sealed', 'again sealed'],
    [
      'a certificate not trusted',
      failure('untrusted-certificate', false),
      'failed untrusted-certificate',
      'failed untrusted-certificate',
    ],
    ['too much', failure('too-large', true), 'failed invalid-response', 'failed invalid-response'],
    ['301', reply(301), 'failed redirect-refused', 'failed redirect-refused'],
    ['307', reply(307), 'failed redirect-refused', 'failed redirect-refused'],
    ['400', reply(400), 'failed rejected', 'failed rejected'],
    ['403', reply(403), 'failed denied', 'failed denied'],
    ['404', reply(404), 'failed not-found', 'failed not-found'],
    ['413', reply(413), 'failed rejected', 'failed rejected'],
    ['500', reply(500), 'failed server-failed', 'failed server-failed'],
    ['501', reply(501), 'failed server-failed', 'failed server-failed'],
    ['200', reply(200, '{}', { 'content-type': 'application/json' }), 'answered', 'answered'],
    ['202', reply(202, '{}', { 'content-type': 'application/json' }), 'answered', 'answered'],
    ['204', reply(204), 'answered', 'answered'],
    [
      'HTML',
      reply(200, '<html>', { 'content-type': 'text/html' }),
      'failed invalid-response',
      'failed invalid-response',
    ],
    ['no type', reply(200, '{}'), 'failed invalid-response', 'failed invalid-response'],
    [
      'gzip',
      reply(200, '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      'failed invalid-response',
      'failed invalid-response',
    ],
    [
      'a list',
      reply(200, '[]', { 'content-type': 'application/json' }),
      'failed invalid-response',
      'failed invalid-response',
    ],
  ])('%s', (_what, outcome, forRead, forLogin) => {
    expect(decide(read, outcome)).toBe(forRead);
    expect(decide(login, outcome)).toBe(forLogin);
  });

  test('says that a repeated call may have taken effect before', () => {
    expect(verdictOf(read, failure('broken', true))).toMatchObject({ isAmbiguous: true });
    expect(verdictOf(read, failure('broken', false))).toMatchObject({ isAmbiguous: false });
    expect(verdictOf(read, reply(429))).toMatchObject({ isAmbiguous: false });
  });

  test('repeats a revocation that the issuer refused', () => {
    const outcome = reply(400, '{"errors":["failed to revoke entry: no"]}');
    expect(decide(revokeLeaseCall('a'), outcome)).toBe('again revoke-failed');
    expect(decide(revokeLeaseCall('a'), reply(400))).toBe('failed rejected');
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    [undefined, undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('reads Retry-After %s as %s ms', (value, afterMs) => {
    const headers = value === undefined ? {} : { 'retry-after': value };
    const verdict = verdictOf(read, { kind: 'reply', status: 429, headers, text: '' });
    expect(verdict).toMatchObject({ afterMs });
  });

  test('names the action, the path and what Vault said', () => {
    const text = '{"errors":["first","second"],"request_id":"r-1"}';
    const verdict = verdictOf(read, reply(403, text));
    expect(verdict).toMatchObject({
      error: {
        message: `Cannot read at Vault's "a/b": 403, "first; second"`,
        path: 'a/b',
        status: 403,
        requestId: 'r-1',
      },
    });
  });

  test.each(['', '{"errors":[]}', '{}', 'null', '<html>', '{"errors":"x"}', '{"errors":[1]}'])(
    'survives an error that says %s',
    (text) => {
      const verdict = verdictOf(read, reply(400, text));
      expect(verdict).toMatchObject({ error: { message: `Cannot read at Vault's "a/b": 400` } });
    },
  );
});
