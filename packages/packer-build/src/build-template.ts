import { access } from 'node:fs/promises';
import type { Artifact } from './artifact.ts';
import { buildArguments } from './build-arguments.ts';
import type { BuildOptions } from './build-options.ts';
import { concludeBuild } from './conclude-build.ts';
import { detectPacker } from './detect-packer.ts';
import { buildEnvironment } from './environment.ts';
import { PackerError } from './error.ts';
import { initPlugins } from './init-plugins.ts';
import type { Emit } from './packer-event.ts';
import type { PhaseSighting } from './phase.ts';
import { createPhaseTimer, type PhaseOutlook, type PhaseTiming } from './phase-timer.ts';
import { type BuildPlan, planBuild } from './plan-build.ts';
import { createPrivateFolder, type PrivateFolder } from './private-folder.ts';
import { createRedaction } from './redact-secrets.ts';
import { type Exit, type PackerCommand, runPacker } from './run-packer.ts';
import type { Secret } from './secret.ts';
import { type Supervision, supervise } from './supervise.ts';
import { createTranscript, LINE_LIMIT, type Transcript } from './transcript.ts';
import { watchDisk } from './watch-disk.ts';
import { watchExposure } from './watch-exposure.ts';

export interface BuildResult {
  /** Of Packer. */
  readonly version: string;
  /** In the order of the chain; at least one. */
  readonly artifacts: readonly Artifact[];
  readonly durationMs: number;
  /** Of every phase; the next build's `lastTimings`. */
  readonly timings: readonly PhaseTiming[];
  /** What Packer said last, oldest first, redacted. */
  readonly lastMessages: readonly string[];
}

/**
 * Runs `packer build` and resolves when it has produced something and none of its processes is left.
 *
 * @throws PackerError when there is no result; `signal.reason` when cancelled, after everything has been stopped;
 * TypeError or RangeError for options that cannot be used.
 */
export async function buildTemplate(options: BuildOptions): Promise<BuildResult> {
  const plan = planBuild(options);
  const { clock, signal, env, stopGraceMs } = plan;
  const emit = createEmit(plan);
  const { version } = await detectPacker({ env, binary: plan.binary, signal });
  await assertReadable(plan);
  const folder = await createPrivateFolder(
    { parent: plan.folder, graceMs: stopGraceMs, env },
    {
      secretVariables: plan.secretVariables,
      sshKey: plan.sshKey?.key,
      userData: plan.seed?.userData,
      standsFor: plan.cwd === undefined ? plan.templateFolder : undefined,
    },
  );
  try {
    using watch = supervise({
      ...plan,
      signal,
      onStop: (reason) => emit({ type: 'packer-stopping', reason }),
    });
    const startedMs = clock.monotonicMs();
    const run = await runBuild(plan, { version, folder, watch, emit });
    if (watch.reason() === 'cancelled') signal?.throwIfAborted();
    concludeBuild(plan, {
      ...run,
      stopReason: watch.reason(),
      stoppedDuring: watch.during(),
    });
    const { artifacts, messages: lastMessages } = run.transcript;
    const durationMs = clock.monotonicMs() - startedMs;
    return { version, artifacts, lastMessages, timings: run.timings(), durationMs };
  } finally {
    await folder.remove().catch(() => emit({ type: 'folder-left', path: folder.path }));
  }
}

interface Run {
  readonly exit: Exit;
  readonly transcript: Transcript;
  readonly timings: () => readonly PhaseTiming[];
}

interface RunPlace {
  readonly version: string;
  readonly folder: PrivateFolder;
  readonly watch: Supervision;
  readonly emit: Emit;
}

async function runBuild(plan: BuildPlan, { version, folder, watch, emit }: RunPlace): Promise<Run> {
  const { clock, stopGraceMs } = plan;
  const redact = createRedaction(secretsOf(plan), plan.redact);
  const command = commandOf(plan, folder);
  const run = { onStart: folder.guard, stopGraceMs, clock, stop: watch.stop };
  const deadlineMs = plan.pluginsDeadlineMs;
  const { plugins } = plan;
  await initPlugins(command, { version, plugins, deadlineMs, redact, emit, clock, run });
  const timer = createPhaseTimer(clock, plan.lastTimings);
  const enter = (sighting: PhaseSighting): PhaseOutlook => {
    watch.enter(sighting.phase);
    return timer.enter(sighting);
  };
  const transcript = createTranscript({ redact, emit, enter });
  emit({ type: 'packer-started', version });
  const exit = await runPacker(command, {
    ...run,
    onStart: (groupId) => {
      folder.guard(groupId);
      watchMachine(plan, groupId, watch);
    },
    onLine: (line) => {
      watch.touch();
      transcript.accept(line);
    },
    lineLimit: LINE_LIMIT,
  });
  return { exit, transcript, timings: timer.timings };
}

/** Neither of them fails a build that it cannot watch. */
function watchMachine({ clock, folder }: BuildPlan, groupId: number, watch: Supervision): void {
  const watching = { clock, signal: watch.over };
  const onFull = (): void => watch.end('disk-full');
  const onExposed = (): void => watch.end('exposed');
  watchDisk({ ...watching, folder, onFull }).catch(() => {});
  watchExposure({ ...watching, groupId, onExposed }).catch(() => {});
}

function commandOf(plan: BuildPlan, folder: PrivateFolder): PackerCommand {
  const { keyFile, seedFile, variableFile } = folder;
  const files = [
    [plan.sshKey?.variable, keyFile] as const,
    [plan.seed?.variable, seedFile] as const,
  ];
  const variables = { ...plan.variables, ...Object.fromEntries(files.filter(([name]) => name)) };
  return {
    binary: plan.binary,
    args: buildArguments({ ...plan, variables, variableFile }),
    env: {
      ...buildEnvironment(plan.env, plan.inherit, folder),
      ...(keyFile !== undefined && { PACKER_SSH_PRIVATE_KEY: keyFile }),
    },
    cwd: plan.cwd ?? folder.work,
  };
}

function secretsOf({ secretVariables, sshKey }: BuildPlan): readonly Secret[] {
  return [...Object.values(secretVariables), ...(sshKey ? [sshKey.key.privateKey] : [])];
}

async function assertReadable({ template, plugins, cwd }: BuildPlan): Promise<void> {
  for (const path of [template, plugins, ...(cwd === undefined ? [] : [cwd])]) {
    await access(path).catch((cause: unknown) => {
      throw new PackerError('template-invalid', `Cannot read "${path}"`, { cause });
    });
  }
}

function createEmit({ clock, onEvent }: BuildPlan): Emit {
  return (event) => {
    try {
      onEvent?.({ at: clock.now(), ...event });
    } catch {
      // A listener's fault must not leave a build running.
    }
  };
}
