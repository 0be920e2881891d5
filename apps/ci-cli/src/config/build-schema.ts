import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { didYouMean } from './nearest.ts';
import { placeholdersIn, textWith } from './placeholders.ts';
import { type SigningConfig, signingSchema } from './provenance-schema.ts';
import { duration, name, path, pattern, wholeNumber } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** How the image of an app is made and what it is registered as. */
export interface BuildConfig {
  /** Relative to the folder of exoship.yaml. */
  readonly packerTemplate?: string | undefined;
  /** Handed to Packer; may hold placeholders. */
  readonly variables: Readonly<Record<string, string>>;
  /** Where each secret variable comes from: `env:NAME` or `file:PATH`. */
  readonly secretVariables: Readonly<Record<string, string>>;
  /** File with `required_plugins`, relative to the folder of exoship.yaml. */
  readonly packerPlugins?: string | undefined;
  /** The template registers what it makes by itself. */
  readonly packerImport?: PackerImportConfig | undefined;
  /** Makes the same artifact where Packer is not installed; may hold placeholders, `variables.NAME` among them. */
  readonly withoutPacker?: readonly [string, ...string[]] | undefined;
  /** Name of the image in the private folder of the build; may hold placeholders. */
  readonly artifact: string;
  /** Globs of what the image depends on, relative to the folder of exoship.yaml. */
  readonly inputs: readonly [string, ...string[]];
  /** Object storage bucket for the upload. */
  readonly bucket: string;
  /** Name of the registered template: for people, so it need not be unique; may hold placeholders. */
  readonly templateName: string;
  readonly defaultUser?: string | undefined;
  readonly machine?: MachineConfig | undefined;
  /** Absent: what is written is a build manifest, which nobody has signed. */
  readonly provenance?: SigningConfig | undefined;
  readonly timeoutMs: number;
  /** Upload and registration. */
  readonly importTimeoutMs: number;
}

/** Which variables of the template get the API key, for its `exoscale-import`. */
export interface PackerImportConfig {
  readonly keyVariable: string;
  readonly secretVariable: string;
}

/** The template builds a disk with QEMU; the disk is verified before it is registered. */
export interface MachineConfig {
  /** Whom Packer logs in as, and nobody may with its key afterwards. */
  readonly user: string;
  readonly memoryMib: number;
  /** Relative to the folder of exoship.yaml; may hold placeholders. */
  readonly userData?: string | undefined;
  readonly verifyTimeoutMs: number;
}

const NAMING = ['app', 'version', 'environment', 'zone'] as const;
const BUILDING = [...NAMING, 'port', 'artifact', 'inputs'] as const;

const variableName = pattern(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'Expected the name of a Packer variable');

const variables = z.record(
  variableName,
  z
    .union([textWith(...BUILDING), z.int(), z.boolean()], {
      error: 'Expected a text, a whole number, true or false',
    })
    .transform(String),
);

const word = textWith(...BUILDING, 'variables.');

const machineSchema = z
  .strictObject({
    user: name.prefault('root').describe('Login name of the template'),
    memory: wholeNumber(64, 65_536).prefault(512).describe('Memory of the trial machine in MiB'),
    userData: path
      .optional()
      .describe(
        'File with user data for the machine that Packer works in: the placeholder `sshKey` is the key to trust, `secret.NAME` one of `secretVariables`; by default it trusts the key and no more',
      ),
    verifyTimeout: duration.prefault('3m').describe('From power on until all checks pass'),
  })
  .transform(({ memory, ...machine }) => ({
    memoryMib: memory,
    ...inMilliseconds(machine, 'verifyTimeout'),
  }));

const secretVariables = z.record(
  variableName,
  pattern(/^(env:\w+|file:.+)$/s, 'Expected "env:NAME" or "file:PATH"'),
);

const packerImportSchema = z.strictObject({
  keyVariable: variableName.prefault('api_key').describe('Variable that gets the API key'),
  secretVariable: variableName.prefault('api_secret').describe('Variable that gets its secret'),
});

const buildShape = {
  packerTemplate: path.optional().describe('Packer template, `.pkr.hcl` or `.json`'),
  packerPlugins: path
    .optional()
    .describe(
      'File whose `required_plugins` Packer 1.7 and later fetches first, each of them one release; by default the template',
    ),
  variables: variables
    .prefault({})
    .describe('Variables of the Packer template, on its command line for all to see'),
  secretVariables: secretVariables
    .prefault({})
    .describe(
      'Variables of the Packer template that nobody may see: from where (`env:NAME`, `file:PATH`); handed over in a private file',
    ),
  packerImport: packerImportSchema
    .optional()
    .describe(
      'Present: the template registers its image by itself, with the `exoscale-import` of Packer 1.7 or later and a key that lives as long as `timeout`. A variable that hands the placeholder `inputs` on to its `template_build` keeps the same inputs from being built twice',
    ),
  withoutPacker: z
    .tuple([word], word)
    .optional()
    .describe('Command (a list) that makes the same artifact where Packer is not installed'),
  artifact: textWith('app', 'version')
    .refine(isInside, { error: 'Expected a relative path without ".."' })
    .describe('Name of the image that results, in a private folder that is gone after the build'),
  inputs: z
    .tuple([path], path)
    .describe('Globs of all files the image depends on: what has not changed is not built again'),
  bucket: pattern(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'Expected the name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes',
  ).describe('Object storage bucket for the upload; the object is deleted afterwards'),
  templateName: textWith(...NAMING)
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a placeholder of ours.
    .prefault('${app}-${version}')
    .describe('Name of the registered template'),
  defaultUser: name.optional().describe('Login name that the template announces'),
  machine: machineSchema
    .optional()
    .describe(
      'Present: the template makes a disk with QEMU. It gets the variables `ssh_private_key_file`, `seed` and `accelerator`; the disk is booted here, and tried with the checks of `test`, before it is registered',
    ),
  provenance: signingSchema
    .optional()
    .describe('Present: what went into the image is stated and signed, for `deploy` to verify'),
  timeout: duration.prefault('30m').describe('Longest time for Packer or the command in its place'),
  importTimeout: duration.prefault('30m').describe('Longest time for upload and registration'),
};

export const buildSchema: z.ZodType<BuildConfig> = z
  .strictObject(buildShape)
  .superRefine(({ packerTemplate, packerImport, withoutPacker = [], variables }, context) => {
    if (packerImport !== undefined && packerTemplate === undefined) {
      const message = 'Missing key "packerTemplate": there is no template that could import';
      context.addIssue({ code: 'custom', path: ['packerImport'], message });
    }
    if (packerTemplate === undefined && withoutPacker.length === 0) {
      const message =
        'Missing key "packerTemplate" or "withoutPacker": one of them makes the image';
      context.addIssue({ code: 'custom', message });
    }
    for (const [index, text] of withoutPacker.entries()) {
      for (const name of unknownVariables(text, variables)) {
        const message = `Unknown variable "${name}"${didYouMean(name, Object.keys(variables))}`;
        context.addIssue({ code: 'custom', path: ['withoutPacker', index], message });
      }
    }
  })
  .transform((build) => inMilliseconds(build, 'timeout', 'importTimeout'));

function unknownVariables(text: string, variables: BuildConfig['variables']): readonly string[] {
  return placeholdersIn(text)
    .filter((placeholder) => placeholder.startsWith('variables.'))
    .map((placeholder) => placeholder.slice('variables.'.length))
    .filter((name) => !Object.hasOwn(variables, name));
}

function isInside(path: string): boolean {
  return path !== '' && !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
}
