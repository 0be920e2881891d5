/** The first thing that two Vaults said differently; `undefined` when there is none. */
export function firstDifference(
  sandbox: readonly string[],
  real: readonly string[],
): string | undefined {
  const longest = Math.max(sandbox.length, real.length);
  for (let index = 0; index < longest; index += 1) {
    const [ours = 'nothing', theirs = 'nothing'] = [sandbox[index], real[index]];
    if (ours !== theirs) return `the sandbox says ${ours}, the real one ${theirs}`;
  }
  return undefined;
}
