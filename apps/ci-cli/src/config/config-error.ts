/** One thing to mend, and where. */
export interface Problem {
  /** Names the value that was found and what was expected; no full stop. */
  readonly message: string;
  /** Key in the file (`apps.hello.test.port`), flag (`--zone`) or variable (`EXOSHIP_ZONE`); empty for the whole file. */
  readonly path: string;
  /** From 1; absent when the problem is not in a file. */
  readonly line?: number | undefined;
  /** From 1, in characters. */
  readonly column?: number | undefined;
}

/**
 * - `file-missing`, `file-unreadable`, `file-too-large`, `file-empty`: there is nothing to read
 * - `syntax`: not YAML, or YAML that is refused (duplicate keys, too many aliases, ambiguous numbers)
 * - `invalid`: YAML that is no exoship.yaml
 * - `setting-missing`, `setting-invalid`: what flags, environment and file add up to
 */
export type ConfigErrorCode =
  | 'file-missing'
  | 'file-unreadable'
  | 'file-too-large'
  | 'file-empty'
  | 'syntax'
  | 'invalid'
  | 'setting-missing'
  | 'setting-invalid';

/** A configuration that cannot be used; tells everything that is wrong with it at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigErrorCode;
  readonly problems: readonly Problem[];
  /** Never: somebody has to change something first. */
  readonly retryable = false;

  /** @param subject what cannot be used: the file as it was named, or `the settings`. */
  constructor(
    code: ConfigErrorCode,
    { subject, problems }: { readonly subject: string; readonly problems: readonly Problem[] },
  ) {
    super(renderProblems(subject, problems));
    this.code = code;
    this.problems = problems;
  }
}

/** One line per problem, each starting where an editor or a terminal can jump to. */
function renderProblems(subject: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return [
    `Cannot use ${subject}: ${count}`,
    ...problems.map((p) => `  ${render(subject, p)}`),
  ].join('\n');
}

function render(subject: string, { message, path, line, column }: Problem): string {
  const place = line === undefined ? [] : [`${subject}:${line}:${column ?? 1}`];
  return [...place, ...(path === '' ? [] : [path]), message].join(': ');
}
