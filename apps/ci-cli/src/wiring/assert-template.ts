import { type Exoscale, isExoscaleError, type Template } from '@exoship/exoscale-api';
import { CliError } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';

/** Before anything is paid for or changed. @throws CliError when the zone has no template of this id. */
export async function assertTemplate(
  { templates }: Exoscale,
  templateId: string,
  { zone, signal }: { readonly zone: string; readonly signal: AbortSignal },
): Promise<Template> {
  try {
    return await templates.get(templateId, { signal });
  } catch (error) {
    // An id that is no UUID is answered 400.
    if (!isExoscaleError(error) || (error.code !== 'not-found' && error.status !== 400))
      throw error;
    throw new CliError(`There is no template "${templateId}" in zone ${zone}`, {
      exitCode: exitCodes.exoscale,
      remedy: 'Run `ci-cli build`, and pass its artifact on',
      cause: error,
    });
  }
}
