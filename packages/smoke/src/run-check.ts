import { type Check, type HttpCheck, nameOf } from './check.ts';
import type { Clock } from './clock.ts';
import { type AnswerExcerpt, excerptOf } from './evidence.ts';
import { judgeAnswer } from './judge-answer.ts';
import { settleOrAbort } from './settle-or-abort.ts';
import type { ProbeTarget, Transport } from './transport.ts';

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  /** One line: the status that passed, or what is wrong. */
  readonly detail: string;
  readonly durationMs: number;
  /** Absent when there was no complete answer, and for `tcp`. */
  readonly answer?: AnswerExcerpt | undefined;
}

export interface RunCheckOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly requestTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

type Outcome = Pick<CheckResult, 'passed' | 'detail' | 'answer'>;

/** Runs one check once. Rejects only with `signal.reason`: any fault of the app is a failed result. */
export async function runCheck(
  target: ProbeTarget,
  check: Check,
  options: RunCheckOptions,
): Promise<CheckResult> {
  const { clock, requestTimeoutMs, signal } = options;
  const startedMs = clock.monotonicMs();
  const timeout = AbortSignal.timeout(requestTimeoutMs);
  const eitherSignal = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  let outcome: Outcome;
  try {
    const asked = ask(target, check, { transport: options.transport, signal: eitherSignal });
    outcome = await settleOrAbort(asked, eitherSignal);
  } catch (error) {
    signal?.throwIfAborted();
    const detail = timeout.aborted
      ? `no complete answer within ${requestTimeoutMs} ms`
      : faultOf(error);
    outcome = { passed: false, detail };
  }
  return { name: nameOf(check), durationMs: clock.monotonicMs() - startedMs, ...outcome };
}

async function ask(
  target: ProbeTarget,
  check: Check,
  { transport, signal }: { readonly transport: Transport; readonly signal: AbortSignal },
): Promise<Outcome> {
  if (check.kind === 'tcp') {
    await transport.tcp(target, { signal });
    return { passed: true, detail: 'accepts connections' };
  }
  const answer = await transport.http(questionOf(target, check), { signal });
  const complaint = judgeAnswer(check, answer);
  return {
    passed: complaint === undefined,
    detail: complaint ?? `status ${answer.status}`,
    answer: excerptOf(answer),
  };
}

function questionOf(target: ProbeTarget, check: HttpCheck): Parameters<Transport['http']>[0] {
  return { target, method: check.method ?? 'GET', path: check.path, headers: check.headers ?? {} };
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
