export interface ArgumentSource {
  readonly template: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly only: readonly string[];
  /** File with the secret variables. */
  readonly variableFile: string | undefined;
}

/** The command line of `packer build`; every local user can read it, so it holds no secret. */
export function buildArguments(source: ArgumentSource): string[] {
  const { template, variables, only, variableFile } = source;
  return [
    'build',
    '-machine-readable',
    '-color=false',
    // `abort` would leave the build's machine running.
    '-on-error=cleanup',
    ...(only.length === 0 ? [] : [`-only=${only.join(',')}`]),
    ...Object.entries(variables).flatMap(([name, value]) => ['-var', `${name}=${value}`]),
    ...(variableFile === undefined ? [] : [`-var-file=${variableFile}`]),
    template,
  ];
}
