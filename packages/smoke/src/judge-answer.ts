import type { HttpCheck } from './check.ts';
import type { HttpAnswer } from './transport.ts';

/** Says what is wrong with an answer; `undefined` when the check passes. */
export function judgeAnswer(check: HttpCheck, answer: HttpAnswer): string | undefined {
  return (
    judgeStatus(check, answer) ??
    judgeHeaders(check, answer) ??
    judgeBody(check, answer) ??
    undefined
  );
}

function judgeStatus({ status }: HttpCheck, answer: HttpAnswer): string | undefined {
  const accepted = status === undefined ? undefined : [status].flat();
  const isAccepted =
    accepted === undefined
      ? answer.status >= 200 && answer.status <= 299
      : accepted.includes(answer.status);
  if (isAccepted) return undefined;
  return `status ${answer.status}, expected ${accepted?.join(' or ') ?? '2xx'}`;
}

function judgeHeaders({ answerHeaders = {} }: HttpCheck, answer: HttpAnswer): string | undefined {
  for (const [name, text] of Object.entries(answerHeaders)) {
    const value = answer.headers[name.toLowerCase()];
    if (value === undefined) return `no header "${name}", expected it to contain "${text}"`;
    if (!value.includes(text)) return `header "${name}" does not contain "${text}"`;
  }
  return undefined;
}

function judgeBody({ contains, matches }: HttpCheck, answer: HttpAnswer): string | undefined {
  if (contains === undefined && matches === undefined) return undefined;
  const text = new TextDecoder().decode(answer.body);
  const within = answer.truncated ? ` within its first ${answer.body.length} bytes` : '';
  if (contains !== undefined && !text.includes(contains)) {
    return `body does not contain "${contains}"${within}`;
  }
  if (matches !== undefined && !new RegExp(matches, 'u').test(text)) {
    return `body does not match /${matches}/u${within}`;
  }
  return undefined;
}
