import type { Exoscale, Template } from '@exoship/exoscale-api';
import type { BuildPlan } from './plan-build.ts';

/** The template that was made last of the same inputs; `undefined` when there is none. */
export async function newestWithInputs(
  { templates }: Exoscale,
  plan: Pick<BuildPlan, 'templateName' | 'buildMark'>,
  signal: AbortSignal,
): Promise<Template | undefined> {
  const all = await templates.list({ visibility: 'private' }, { signal });
  return all
    .filter((template) => template.name === plan.templateName && template.build === plan.buildMark)
    .toSorted((one, other) => moment(other) - moment(one))[0];
}

function moment({ createdAt }: Template): number {
  return createdAt?.getTime() ?? 0;
}
