import type { BuildPlan } from '../build/plan-build.ts';

/** Exoscale allows no more. */
const LONGEST = 255;

/** Templates have no labels: what a person, and `deploy`, may want to know is in their description. */
export function templateDescription(
  { templateName, inputsHash }: Pick<BuildPlan, 'templateName' | 'inputsHash'>,
  image: { readonly sha256: string } | undefined,
): string {
  const hashes = ` inputs ${inputsHash}${image ? ` sha256 ${image.sha256}` : ''}`;
  return `exoship ${templateName.slice(0, LONGEST - 'exoship '.length - hashes.length)}${hashes}`;
}

/** `undefined` when the description says nothing of it. */
export function sha256In(description: string | undefined): string | undefined {
  return / sha256 ([0-9a-f]{64})\b/.exec(description ?? '')?.[1];
}
