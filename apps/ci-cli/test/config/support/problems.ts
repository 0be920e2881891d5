import { ConfigError } from '../../../src/config/config-error.ts';
import type { Config } from '../../../src/config/config-schema.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';

/** The least that a file must say; 24 lines. */
export const MINIMAL = `version: 1
apps:
  hello:
    build:
      packerTemplate: hello.pkr.hcl
      artifact: hello.tar.gz
      inputs: ["src/**"]
      bucket: templates
    test:
      port: 8080
      checks:
        - path: /healthz
environments:
  staging:
    zone: ch-gva-2
    pool: hello-app
    vault:
      appRole: ci
      roles:
        build: b
        test: t
        deploy: d
`;

export function parse(text: string): Config {
  return parseConfig(text, { file: 'exoship.yaml', absoluteFile: '/repo/exoship.yaml' });
}

/** The minimal file with one line replaced: by several, or by none. */
export function withLine(line: string, replacement: string): string {
  const lines = MINIMAL.split('\n');
  const index = lines.findIndex((candidate) => candidate.trim() === line);
  if (index === -1) {
    throw new RangeError(`There is no line "${line}"`);
  }
  return lines
    .toSpliced(index, 1, ...(replacement === '' ? [] : replacement.split('\n')))
    .join('\n');
}

export function errorOf(action: () => unknown): ConfigError {
  try {
    action();
  } catch (error) {
    if (error instanceof ConfigError) {
      return error;
    }
    throw error;
  }
  throw new Error('Expected a ConfigError');
}

/** What is wrong with a file, as `line:column path: message`. */
export function problemsOf(text: string): readonly string[] {
  return errorOf(() => parse(text)).problems.map(
    ({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`,
  );
}
