const verbsThatAsk: ReadonlySet<string> = new Set(['delete', 'rm', 'del', 'scale', 'evict']);
const verbsWithoutAnswer: ReadonlySet<string> = new Set(['delete', 'rm', 'del']);

/** What becomes of the arguments of one command. */
export interface ExoArguments {
  readonly args: readonly string[];
  /** How the command is called in messages: its words, without flags, names or values. */
  readonly title: string;
  /** Deleting prints nothing: then no output is no failure. */
  readonly mayBeSilent: boolean;
}

/**
 * Adds what makes a command fit for a machine: JSON, and no question, to which no answer would mean exit code 0 with
 * nothing done.
 *
 * @throws {TypeError} for flags that would undo that
 */
export function completeArguments(given: readonly string[]): ExoArguments {
  const refused = given.find((word) =>
    /^(?:-O|--output-format|--output-template|-Q|--quiet|-C|--config|-A|--use-account)/.test(word),
  );
  if (refused !== undefined) {
    throw new TypeError(`Cannot pass "${refused.replace(/=.*/, '')}" to exo: it is decided here`);
  }
  const firstFlag = given.findIndex((word) => word.startsWith('-'));
  const words = firstFlag === -1 ? given : given.slice(0, firstFlag);
  if (words.length === 0) throw new TypeError('Missing command of exo');
  const verb = words.slice(0, 3).find((word) => verbsThatAsk.has(word)) ?? '';
  const isForced = given.includes('-f') || given.includes('--force');
  const force = verb !== '' && !isForced ? ['--force'] : [];
  const end = given.indexOf('--');
  const cut = end === -1 ? given.length : end;
  return {
    args: [...given.slice(0, cut), '--output-format', 'json', ...force, ...given.slice(cut)],
    title: `exo ${words.slice(0, 3).filter(isCommandWord).join(' ')}`,
    mayBeSilent: verbsWithoutAnswer.has(verb),
  };
}

/** Names and ids hold digits, dots or capitals more often than not; what is left over is told anyway. */
function isCommandWord(word: string): boolean {
  return /^[a-z-]+$/.test(word);
}
