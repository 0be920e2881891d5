import { type ProbeResult, probe } from './probe.ts';
import type { Evidence } from './smoke-report.ts';
import type { SmokeRun } from './smoke-run.ts';

/** Probes the booted instance once and records what it answered. */
export async function probeInstance(
  run: SmokeRun,
  stage: Evidence['stage'],
  signal: AbortSignal | undefined,
): Promise<ProbeResult> {
  const { checks, port, tls, requestTimeoutMs, transport, clock } = run.plan;
  const target = { address: run.findings.view?.address ?? '', port, tls };
  const result = await probe(target, checks, { requestTimeoutMs, transport, clock, signal });
  run.record(stage, result.results);
  return result;
}
