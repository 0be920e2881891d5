import { extname, isAbsolute, join, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { MachineConfig, PackerImportConfig } from '../config/build-schema.ts';
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
  /** Globs, below `sources`, of the files in that hash. */
  readonly inputPatterns: readonly string[];
  /** What a registered template carries in its `build` field: enough of the hash to recognise the inputs. */
  readonly buildMark: string;
  readonly packerTemplate: string | undefined;
  /** Absolute path of the file that asks for plugins. */
  readonly packerPlugins: string | undefined;
  readonly packerImport: PackerImportConfig | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** Where each comes from. */
  readonly secretVariables: Readonly<Record<string, string>>;
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
  readonly importTimeoutMs: number;
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
  const fill = (artifact: string, inputs: string): Record<string, string> => ({
    ...mapValues(build.variables, (text) =>
      fillPlaceholders(text, { ...naming, port, artifact, inputs }),
    ),
    ...given,
  });
  const inputPatterns = [...build.inputs, ...templatePatterns(build.packerTemplate)];
  const inputsHash = await hashInputs({
    folder: settings.folder,
    patterns: inputPatterns,
    // Without the place of the image, which is another in every run, and without the hash itself.
    parameters: { ...fill('artifact', 'inputs'), 'exoship.version': version, 'exoship.port': port },
  });
  const buildMark = inputsHash.slice(0, 32);
  const variables = fill(image, buildMark);
  return {
    version,
    templateName: fillPlaceholders(build.templateName, naming),
    inputsHash,
    inputPatterns,
    buildMark,
    packerTemplate: build.packerTemplate && resolve(settings.folder, build.packerTemplate),
    packerPlugins: build.packerPlugins && resolve(settings.folder, build.packerPlugins),
    packerImport: build.packerImport,
    variables,
    secretVariables: build.secretVariables,
    withoutPacker: build.withoutPacker?.map((word) =>
      fillPlaceholders(word, {
        ...naming,
        port,
        artifact: image,
        inputs: buildMark,
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
    importTimeoutMs: build.importTimeoutMs,
  };
}

/** The template is always an input, whatever `inputs` says. */
function templatePatterns(template: string | undefined): readonly string[] {
  if (template === undefined || isAbsolute(template) || template.startsWith('..')) return [];
  return extname(template) === '' ? [`${template}/*.pkr.{hcl,json}`] : [template];
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
