import { classifyFailure } from './classify-failure.ts';
import { PackerError } from './error.ts';
import type { BuildPlan } from './plan-build.ts';
import type { Exit } from './run-packer.ts';
import type { StopReason } from './supervise.ts';
import type { Transcript } from './transcript.ts';

export interface Ending {
  readonly exit: Exit;
  readonly transcript: Transcript;
  readonly stopReason: StopReason | undefined;
}

const TEXT_LIMIT = 500;

/** @throws PackerError unless Packer succeeded and produced something. */
export function concludeBuild(plan: BuildPlan, { exit, transcript, stopReason }: Ending): void {
  const { exitCode, signal } = exit;
  const { artifacts, messages, phase } = transcript;
  if (exitCode === 0 && artifacts.length > 0) return;
  const what = `template "${plan.template}"`;
  const lastMessages = [...messages];
  const details = { exitCode, lastMessages, artifacts: [...artifacts] };
  const last = tidy(lastMessages.at(-1) ?? 'nothing was said');
  if (stopReason !== undefined) {
    const how =
      stopReason === 'idle'
        ? `nothing was said for ${plan.idleMs} ms`
        : `it did not end within ${plan.deadlineMs} ms`;
    const where = phase === undefined ? 'before the first phase' : `while "${phase}"`;
    throw new PackerError('timed-out', `Cannot build ${what}: ${how}, ${where}`, details);
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
