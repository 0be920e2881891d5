import type { PackerErrorCode } from './error.ts';
import type { Transcript } from './transcript.ts';

export interface Failure {
  readonly code: PackerErrorCode;
  /** The line that says it best; empty when there is none. */
  readonly text: string;
}

/** Packer exits with 1 whatever happened: only its words tell failures apart. */
const COMPONENT_MISSING =
  /unknown (builder|source type|provisioner|post-processor|data source)|is unknown by Packer|missing plugins|plugin .*not installed/i;
const FAULTS: readonly (readonly [RegExp, PackerErrorCode])[] = [
  [/no space left on device/i, 'disk-full'],
  [/timeout waiting for (ssh|winrm)/i, 'ssh-timeout'],
  [/unable to upload image/i, 'upload-failed'],
  [/unable to register template/i, 'registration-failed'],
  [/post-processor failed|post-processing halted/i, 'post-processor-failed'],
  [
    /script exited with non-zero exit status|error (executing|running) .*provision/i,
    'provisioner-failed',
  ],
];
const INTERRUPTED = /^Cleanly cancelled builds after being interrupted/;

/** Says what a run that ended with a failure died of. Guest output is never asked. */
export function classifyFailure(transcript: Transcript): Failure {
  const { faults, messages, phase } = transcript;
  const [fault] = faults;
  if (fault !== undefined) return { code: codeOf(fault.text, transcript), text: fault.text };
  if (messages.some((message) => INTERRUPTED.test(message))) {
    return { code: 'interrupted', text: '' };
  }
  const text = messages.findLast((message) => !message.startsWith('\n==>')) ?? '';
  if (phase !== undefined) return { code: 'build-failed', text };
  const code = COMPONENT_MISSING.test(text) ? 'component-missing' : 'template-invalid';
  return { code, text };
}

/** The importer of later versions only says that it has halted: what it was at tells the rest. */
function codeOf(text: string, { lastWork }: Transcript): PackerErrorCode {
  const code = FAULTS.find(([pattern]) => pattern.test(text))?.[1] ?? 'build-failed';
  if (code !== 'post-processor-failed') return code;
  if (lastWork === 'uploading') return 'upload-failed';
  return lastWork === 'registering' ? 'registration-failed' : code;
}
