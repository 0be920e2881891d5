import { dirname } from 'node:path';
import type { z } from 'zod';
import { ConfigError, type ConfigErrorCode, type Problem } from './config-error.ts';
import { type Config, configSchema, SCHEMA_VERSION } from './config-schema.ts';
import { describeIssue } from './describe-issue.ts';
import { quote } from './quote.ts';
import { readYaml } from './read-yaml.ts';
import type { Locator } from './yaml-locator.ts';

export interface ConfigSource {
  /** As the user named it; starts the lines of an error. */
  readonly file: string;
  /** The same, absolute. */
  readonly absoluteFile: string;
}

/**
 * The text of an exoship.yaml, checked and with every default filled in.
 *
 * @throws ConfigError with everything that is wrong.
 */
export function parseConfig(text: string, { file, absoluteFile }: ConfigSource): Config {
  const fail = (code: ConfigErrorCode, problems: readonly Problem[]): never => {
    throw new ConfigError(code, { subject: file, problems });
  };
  const content = readYaml(text);
  if ('problems' in content) {
    return fail('syntax', content.problems);
  }
  const { value, locate } = content;
  if (value === null || value === undefined) {
    return fail('file-empty', [
      { message: `It is empty: start with "version: ${SCHEMA_VERSION}"`, path: '' },
    ]);
  }
  const result = validate(value, locate);
  if ('problems' in result) {
    return fail('invalid', result.problems);
  }
  return { file, folder: dirname(absoluteFile), ...result.config };
}

function validate(
  value: unknown,
  locate: Locator,
): { config: Omit<Config, 'file' | 'folder'> } | { problems: readonly Problem[] } {
  const wrongVersion = checkVersion(value, locate);
  if (wrongVersion !== undefined) {
    return { problems: [wrongVersion] };
  }
  const knownKeys = new Map<string, readonly string[]>();
  const result = configSchema.safeParse(value, {
    reportInput: true,
    error: (issue) => {
      // Only here is the schema at hand whose keys a typing error may have meant.
      knownKeys.set(pathKey(issue.path), keysOf(issue.inst));
      return undefined;
    },
  });
  if (result.success) {
    return { config: result.data };
  }
  const problems = result.error.issues.flatMap((issue) =>
    describeIssue(issue, { locate, knownKeys: knownKeys.get(pathKey(issue.path)) ?? [] }),
  );
  return { problems: problems.toSorted(byPlace) };
}

/** Another version means other keys: whatever else could be said about the file would mislead. */
function checkVersion(value: unknown, locate: Locator): Problem | undefined {
  const version = (value as { readonly version?: unknown }).version;
  if (version === undefined || version === SCHEMA_VERSION) {
    return undefined;
  }
  const message = `This ci-cli reads version ${SCHEMA_VERSION}: got ${quote(version)}`;
  return { message, path: 'version', ...locate(['version'], 'value') };
}

function keysOf(schema: z.core.$ZodRawIssue['inst']): readonly string[] {
  const definition: object = schema?._zod.def ?? {};
  return 'shape' in definition ? Object.keys(definition.shape as object) : [];
}

function pathKey(path: readonly PropertyKey[] | undefined): string {
  return JSON.stringify(path?.map(String) ?? []);
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
