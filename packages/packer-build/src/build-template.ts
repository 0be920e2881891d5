import { access } from 'node:fs/promises';
import type { Artifact } from './artifact.ts';
import { buildArguments } from './build-arguments.ts';
import type { BuildOptions } from './build-options.ts';
import { concludeBuild } from './conclude-build.ts';
import { detectPacker } from './detect-packer.ts';
import { buildEnvironment } from './environment.ts';
import { PackerError } from './error.ts';
import type { Emit } from './packer-event.ts';
import { type BuildPlan, planBuild } from './plan-build.ts';
import { createPrivateFolder, type PrivateFolder } from './private-folder.ts';
import { createRedaction } from './redact-secrets.ts';
import { type PackerCommand, runPacker } from './run-packer.ts';
import type { Secret } from './secret.ts';
import { supervise } from './supervise.ts';
import { createTranscript, LINE_LIMIT } from './transcript.ts';

export interface BuildResult {
  /** Of Packer. */
  readonly version: string;
  /** In the order of the chain; at least one. */
  readonly artifacts: readonly Artifact[];
  readonly durationMs: number;
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
  const { clock, signal } = plan;
  const startedMs = clock.monotonicMs();
  const emit = createEmit(plan);
  const { version } = await detectPacker({ env: plan.env, binary: plan.binary, signal });
  await assertReadable(plan);
  const redact = createRedaction(secretsOf(plan), plan.redact);
  const transcript = createTranscript({ redact, emit });
  const folder = await createPrivateFolder(plan.folder, {
    secretVariables: plan.secretVariables,
    sshKey: plan.sshKey?.key,
    userData: plan.seed?.userData,
  });
  try {
    using watch = supervise({
      ...plan,
      signal,
      onStop: (reason) => emit({ type: 'packer-stopping', reason }),
    });
    emit({ type: 'packer-started', version });
    const exit = await runPacker(commandOf(plan, folder), {
      onLine: (line) => {
        watch.touch();
        transcript.accept(line);
      },
      lineLimit: LINE_LIMIT,
      folder: folder.path,
      stopGraceMs: plan.stopGraceMs,
      clock,
      stop: watch.stop,
    });
    if (watch.reason() === 'cancelled') signal?.throwIfAborted();
    concludeBuild(plan, { exit, transcript, stopReason: watch.reason() });
  } finally {
    await folder.remove().catch(() => emit({ type: 'folder-left', path: folder.path }));
  }
  const { artifacts, messages: lastMessages } = transcript;
  return { version, artifacts, lastMessages, durationMs: clock.monotonicMs() - startedMs };
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
    cwd: plan.cwd,
  };
}

function secretsOf({ secretVariables, sshKey }: BuildPlan): readonly Secret[] {
  return [...Object.values(secretVariables), ...(sshKey ? [sshKey.key.privateKey] : [])];
}

async function assertReadable({ template, cwd }: BuildPlan): Promise<void> {
  for (const path of [template, cwd]) {
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
