import { join, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { MachineConfig } from '../config/build-schema.ts';
import { fillPlaceholders } from '../config/placeholders.ts';
import type { Settings } from '../config/settings.ts';
import type { TestConfig } from '../config/test-schema.ts';
import { exitCodes } from '../exit-codes.ts';
import { hashInputs } from '../inputs-hash.ts';
import { versionFrom } from '../names.ts';

/** Everything about one build, decided before anything is done. */
export interface BuildPlan {
  readonly version: string;
  readonly templateName: string;
  readonly inputsHash: string;
  /** What a registered template carries in its `build` field: enough of the hash to recognise the inputs. */
  readonly buildMark: string;
  readonly packerTemplate: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** The command that makes the same image without Packer. */
  readonly withoutPacker: readonly [string, ...string[]] | undefined;
  /** Where relative paths of the command start. */
  readonly sources: string;
  /** Private folder of this build; gone when it ends. */
  readonly folder: string;
  /** Absolute path of the image that will be there. */
  readonly image: string;
  readonly bucket: string;
  readonly defaultUser: string | undefined;
  /** The image is a disk that can be booted. */
  readonly machine: MachinePlan | undefined;
  readonly timeoutMs: number;
}

export interface MachinePlan extends MachineConfig {
  /** What the image is asked, as the test instance will be. */
  readonly test: TestConfig;
}

export interface PlanBuildOptions {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** Repeated `--var name=value`. */
  readonly variables: unknown;
}

export async function planBuild(options: PlanBuildOptions): Promise<BuildPlan> {
  const { settings, env, folder } = options;
  const { build, app, environment, zone } = settings;
  const version = versionFrom(env);
  const port = String(settings.test.port);
  const image = join(folder, fillPlaceholders(build.artifact, { app, version }));
  const naming = { app, version, environment, zone };
  // What a person types means itself; only what the file says is filled in.
  const given = parseVariables(options.variables);
  const fill = (artifact: string): Record<string, string> => ({
    ...mapValues(build.variables, (text) => fillPlaceholders(text, { ...naming, port, artifact })),
    ...given,
  });
  const variables = fill(image);
  const inputsHash = await hashInputs({
    folder: settings.folder,
    patterns: build.inputs,
    // Without the place of the image, which is another in every run.
    parameters: { ...fill('artifact'), 'exoship.version': version, 'exoship.port': port },
  });
  return {
    version,
    templateName: fillPlaceholders(build.templateName, naming),
    inputsHash,
    buildMark: inputsHash.slice(0, 32),
    packerTemplate: build.packerTemplate && resolve(settings.folder, build.packerTemplate),
    variables,
    withoutPacker: build.withoutPacker?.map((word) =>
      fillPlaceholders(word, {
        ...naming,
        port,
        artifact: image,
        ...Object.fromEntries(
          Object.entries(variables).map(([name, value]) => [`variables.${name}`, value]),
        ),
      }),
    ) as readonly [string, ...string[]] | undefined,
    sources: settings.folder,
    folder,
    image,
    bucket: build.bucket,
    defaultUser: build.defaultUser,
    machine: build.machine && { ...build.machine, test: settings.test },
    timeoutMs: build.timeoutMs,
  };
}

function parseVariables(given: unknown): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const text of (given ?? []) as readonly string[]) {
    const [, name, value] = /^([A-Za-z_][\w-]*)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new CliError(`--var takes name=value: got "${text}"`, { exitCode: exitCodes.usage });
    }
    variables[name] = value;
  }
  return variables;
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
