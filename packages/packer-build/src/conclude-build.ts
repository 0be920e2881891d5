import { classifyFailure } from './classify-failure.ts';
import { PackerError, type PackerErrorCode } from './error.ts';
import type { Phase } from './phase.ts';
import type { BuildPlan } from './plan-build.ts';
import type { Exit } from './run-packer.ts';
import type { StopReason } from './supervise.ts';
import type { Transcript } from './transcript.ts';

export interface Ending {
  readonly exit: Exit;
  readonly transcript: Transcript;
  readonly stopReason: StopReason | undefined;
  /** The phase in which it was stopped: a build that ends goes on to say so. */
  readonly stoppedDuring: Phase | undefined;
}

const TEXT_LIMIT = 500;

type Stopped = { readonly code: PackerErrorCode; readonly how: string };

const STOPPED: Readonly<
  Record<Exclude<StopReason, 'cancelled'>, (plan: BuildPlan, phase: Phase | undefined) => Stopped>
> = {
  deadline: ({ deadlineMs }) => ({
    code: 'timed-out',
    how: `it did not end within ${deadlineMs} ms`,
  }),
  'phase-deadline': ({ phaseDeadlinesMs }, phase = 'finished') => ({
    code: 'timed-out',
    how: `that took longer than ${phaseDeadlinesMs[phase] ?? 0} ms`,
  }),
  idle: ({ idleMs }) => ({ code: 'timed-out', how: `nothing was said for ${idleMs} ms` }),
  'disk-full': ({ folder }) => ({
    code: 'disk-full',
    how: `next to nothing is left on the disk of "${folder}"`,
  }),
  exposed: () => ({
    code: 'exposed',
    how: 'its machine takes connections from other computers; have "qemuargs" say hostfwd=tcp:127.0.0.1:{{ .SSHHostPort }}-:22',
  }),
};

/** @throws PackerError unless Packer succeeded and produced something. */
export function concludeBuild(plan: BuildPlan, ending: Ending): void {
  const { exit, transcript, stopReason, stoppedDuring: phase } = ending;
  const { exitCode, signal } = exit;
  const { artifacts, messages } = transcript;
  if (exitCode === 0 && artifacts.length > 0) return;
  const what = `template "${plan.template}"`;
  const lastMessages = [...messages];
  const details = { exitCode, lastMessages, artifacts: [...artifacts] };
  const last = tidy(lastMessages.at(-1) ?? 'nothing was said');
  if (stopReason !== undefined && stopReason !== 'cancelled') {
    const where = phase === undefined ? 'before the first phase' : `while "${phase}"`;
    const { code, how } = STOPPED[stopReason](plan, phase);
    throw new PackerError(code, `Cannot build ${what}: ${how}, ${where}`, details);
  }
  if (exitCode === 0) {
    throw new PackerError('no-artifact', `Packer produced nothing from ${what}: ${last}`, details);
  }
  if (signal !== undefined) {
    const message = `Cannot build ${what}: Packer was ended by ${signal}`;
    throw new PackerError('interrupted', message, details);
  }
  const { code, text } = classifyFailure(transcript);
  const reason = text === '' ? last : tidy(text);
  throw new PackerError(code, `Cannot build ${what}: ${reason}`, details);
}

/** One line that may be long, without Packer's decoration. */
function tidy(text: string): string {
  return text
    .trim()
    .replaceAll(/\s+/g, ' ')
    .replace(/^(==>|-->) /, '')
    .slice(0, TEXT_LIMIT);
}
