export interface Readme {
  /** The one `ts` block. */
  readonly example: string | undefined;
  /** The first `yaml` and `sh` blocks below the heading "Example", for a command line. */
  readonly session: { readonly yaml: string; readonly sh: string } | undefined;
  readonly faults: readonly string[];
}

const MOST_LINES = 80;

const sections: readonly (readonly [string, RegExp])[] = [
  ['how to install it', /^ *npm install /m],
  ['its options', /^## .*options/im],
  ['outcomes and errors', /^## .*(errors|exit codes)/im],
  ['what it does not do', /^## What it does not do$/m],
];

/** Reads a package's README, and says where it strays from the form that all of them have. */
export function readReadme(text: string, name: string, isCommandLine: boolean): Readme {
  const faults: string[] = [];
  const lines = text.trimEnd().split('\n');
  if (lines.length > MOST_LINES)
    faults.push(`README has ${lines.length} lines, over ${MOST_LINES}`);
  if (lines[0] !== `# ${name}`) faults.push(`README does not begin with "# ${name}"`);
  const opening = text.split(/\n{2,}/)[1] ?? '';
  if (opening.match(/[.!?](?=\s|$)/g)?.length !== 1) {
    faults.push('README does not open with one sentence');
  }
  for (const [what, pattern] of sections) {
    if (!pattern.test(text)) faults.push(`README does not say ${what}`);
  }
  const examples = blocks(text, 'ts');
  const below = text.slice(Math.max(text.indexOf('\n## Example'), 0));
  const [yaml] = blocks(below, 'yaml');
  const [sh] = blocks(below, 'sh');
  const session = yaml === undefined || sh === undefined ? undefined : { yaml, sh };
  if (isCommandLine) {
    if (session === undefined) faults.push('README lacks an example: a yaml and a sh block');
  } else if (examples.length !== 1) {
    faults.push(`README has ${examples.length} ts blocks instead of one`);
  }
  return { example: examples[0], session, faults };
}

function blocks(text: string, language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(([, code = '']) => code);
}
