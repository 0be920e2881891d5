import { randomBytes } from 'node:crypto';
import { type SmokeReport, smokeTest } from '@exoship/smoke';
import { readArtifact, type TemplateArtifact, writeArtifact } from '../artifact.ts';
import { assertWritable } from '../assert-writable.ts';
import { CliError } from '../cli-error.ts';
import type { Settings } from '../config/settings.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings } from '../load-settings.ts';
import { smokeInstanceName } from '../names.ts';
import { writeSmokeJUnit } from '../render/smoke-junit.ts';
import { smokeLine } from '../render/smoke-line.ts';
import { createTeardownRecorder } from '../teardown-recorder.ts';
import { assertTemplate } from '../wiring/assert-template.ts';
import { createClient } from '../wiring/create-client.ts';
import { createInstanceProvider } from '../wiring/instance-provider.ts';
import { findInstanceShape } from '../wiring/instance-shape.ts';
import { withKeys } from '../wiring/with-keys.ts';

/** Boots one instance of the template, checks it from outside, deletes it, and marks the artifact as tested. */
export async function test(job: Job, flags: Flags): Promise<number> {
  const file = String(flags.artifact);
  const junit = flags.junit === undefined ? undefined : String(flags.junit);
  await assertWritable('--junit', junit);
  const settings = await loadSettings(job, flags);
  const artifact = flags.template === undefined ? await readArtifact(file) : undefined;
  const templateId = artifact?.templateId ?? String(flags.template);
  const report = await runSmokeTest(job, settings, templateId);
  job.result.smoke = summaryOf(report);
  if (junit !== undefined) await writeSmokeJUnit(junit, settings, report);
  if (!report.passed) throw smokeFailure(report);
  if (artifact !== undefined) await writeArtifact(file, tested(artifact, job, report));
  job.progress.line(`smoke test passed, ready after ${report.readyAfterMs} ms`);
  return exitCodes.ok;
}

async function runSmokeTest(
  job: Job,
  settings: Settings,
  templateId: string,
): Promise<SmokeReport> {
  const { context, progress } = job;
  const source = keySourceOf(settings, 'test');
  return await withKeys(job, source, async (keys) => {
    const exoscale = createClient(job, source, keys);
    const { signal } = context;
    await assertTemplate(exoscale, templateId, { zone: settings.zone, signal });
    const shape = await findInstanceShape(exoscale, settings.test, signal);
    const random = randomBytes(4).toString('hex');
    const { bootTimeoutMs, readinessTimeoutMs, intervalMs, stability } = settings.test;
    const name = smokeInstanceName(settings.app, context.env, random);
    const recordTeardown = createTeardownRecorder(job, name);
    return await smokeTest(createInstanceProvider(exoscale, shape), {
      templateId,
      name,
      labels: { 'exoship-app': settings.app },
      port: settings.test.port,
      checks: settings.test.checks,
      ...(settings.test.tls && { tls: settings.test.tls }),
      boot: { timeoutMs: bootTimeoutMs, intervalMs },
      readiness: { timeoutMs: readinessTimeoutMs, intervalMs },
      stability,
      requestTimeoutMs: settings.test.requestTimeoutMs,
      clock: context.clock,
      signal,
      onEvent: (event) => {
        recordTeardown(event);
        const line = smokeLine(event);
        if (line !== undefined) progress.line(line);
      },
    });
  });
}

function smokeFailure({ failure }: SmokeReport): CliError {
  const stage = failure?.stage ?? 'checks';
  const isInfrastructure = stage === 'create' || stage === 'boot';
  return new CliError(
    `Smoke test failed at ${stage}: ${failure?.message ?? 'no reason was given'}`,
    {
      exitCode: isInfrastructure ? exitCodes.exoscale : exitCodes.smokeFailed,
      remedy: isInfrastructure
        ? 'The app was never asked; look at the instance’s state and quota'
        : 'Mend the app; the pool was not touched',
      retryable: isInfrastructure,
    },
  );
}

function summaryOf(report: SmokeReport): object {
  const { passed, readyAfterMs, bootedAfterMs, teardown, failure, instance } = report;
  return { passed, readyAfterMs, bootedAfterMs, teardown, failure, instance };
}

function tested(
  artifact: TemplateArtifact,
  { context }: Job,
  report: SmokeReport,
): TemplateArtifact {
  return {
    ...artifact,
    testedBy: {
      at: context.clock.now().toISOString(),
      job: context.env.CI_JOB_ID ?? 'local',
      readyAfterMs: report.readyAfterMs ?? 0,
    },
  };
}
