import { isProvenanceError } from '@exoship/provenance';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** While building. What is no failure of provenance stays as it is. */
export function signingFailure(error: unknown): unknown {
  if (!isProvenanceError(error)) return error;
  const { code, message, retryable } = error;
  const isUsage = code !== 'signing-failed';
  return new CliError(`Provenance: ${message}`, {
    exitCode: isUsage ? exitCodes.usage : exitCodes.packer,
    remedy: isUsage
      ? 'See `provenance` in docs/configuration.md'
      : 'The template is registered, but nobody vouches for it: run the job again, which builds it anew',
    retryable,
    cause: error,
  });
}

/** Before deploying: the pool is as it was. What is no failure of provenance stays as it is. */
export function refusal(error: unknown, file: string): unknown {
  if (!isProvenanceError(error)) return error;
  const { code, message, retryable } = error;
  if (code === 'key-unusable' || (code === 'trust-unusable' && !retryable)) {
    return new CliError(`Provenance: ${message}`, {
      exitCode: exitCodes.usage,
      remedy: 'Mend `deploy.provenance.require` in exoship.yaml',
      cause: error,
    });
  }
  return new CliError(`Will not deploy: the provenance "${file}" does not hold: ${message}`, {
    exitCode: exitCodes.refused,
    remedy:
      'The pool was not touched. Deploy what a pipeline has built and signed; docs/provenance.md',
    retryable,
    cause: error,
  });
}
