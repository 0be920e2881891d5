import type { Switches } from '@exoship/sandbox';
import { type Docket, expectWell } from './docket.ts';
import type { Scenario } from './scenario.ts';
import { stories } from './stories.ts';

const positions: { readonly [Name in keyof Switches]?: readonly Switches[Name][] } = {
  selfHealOnDelete: [true, false],
  selfHealOnExit: [true, false],
  selfHealOnStop: [true, false],
  evictDeregistersFirst: [true, false],
  overlappingOperation: ['conflict', 'failure', 'queue'],
  quotaExceeded: ['refuse', 'failure', 'partial'],
  omittedFieldsOnPut: ['keep', 'clear'],
  stopIsAcpi: [true, false],
  evictOfStoppedMember: ['allowed', 'conflict'],
  belowMinAvailable: ['allowed', 'conflict'],
  putMergesLabels: ['replace', 'merge'],
};

/** Every combination of what is unknown about the cloud, each with another story in turn; all of them must end. */
export async function proveSwitches(
  docket: Docket,
  { seed, every = 1 }: { readonly seed: number; readonly every?: number },
): Promise<number> {
  const names = Object.keys(stories);
  const combinations = combine(Object.entries(positions)).filter((_, index) => index % every === 0);
  for (const [index, switches] of combinations.entries()) {
    const name = names[index % names.length] ?? '';
    const scenario = { ...stories[name], seed: `switches-${seed}-${index}`, switches } as Scenario;
    await expectWell(docket, `switches, ${name}`, { scenario });
  }
  return combinations.length;
}

function combine(
  entries: readonly (readonly [string, readonly unknown[]])[],
): readonly Partial<Switches>[] {
  return entries.reduce<readonly Partial<Switches>[]>(
    (combinations, [name, values]) =>
      combinations.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
