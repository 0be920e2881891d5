import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { didYouMean } from './nearest.ts';
import { placeholdersIn, textWith } from './placeholders.ts';
import { duration, name, path, pattern, wholeNumber } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** How the image of an app is made and what it is registered as. */
export interface BuildConfig {
  /** Relative to the folder of exoship.yaml. */
  readonly packerTemplate?: string | undefined;
  /** Handed to Packer; may hold placeholders. */
  readonly variables: Readonly<Record<string, string>>;
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
  readonly timeoutMs: number;
}

/** The template builds a disk with QEMU; the disk is verified before it is registered. */
export interface MachineConfig {
  /** Whom Packer logs in as, and nobody may with its key afterwards. */
  readonly user: string;
  readonly memoryMib: number;
  readonly verifyTimeoutMs: number;
}

const NAMING = ['app', 'version', 'environment', 'zone'] as const;
const BUILDING = [...NAMING, 'port', 'artifact'] as const;

const variables = z.record(
  pattern(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'Expected the name of a Packer variable'),
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
    verifyTimeout: duration.prefault('3m').describe('From power on until all checks pass'),
  })
  .transform(({ memory, ...machine }) => ({
    memoryMib: memory,
    ...inMilliseconds(machine, 'verifyTimeout'),
  }));

const buildShape = {
  packerTemplate: path.optional().describe('Packer template, `.pkr.hcl` or `.json`'),
  variables: variables.prefault({}).describe('Variables of the Packer template'),
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
  timeout: duration.prefault('30m').describe('Longest time for Packer or the command in its place'),
};

export const buildSchema: z.ZodType<BuildConfig> = z
  .strictObject(buildShape)
  .superRefine(({ packerTemplate, withoutPacker = [], variables }, context) => {
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
  .transform((build) => inMilliseconds(build, 'timeout'));

function unknownVariables(text: string, variables: BuildConfig['variables']): readonly string[] {
  return placeholdersIn(text)
    .filter((placeholder) => placeholder.startsWith('variables.'))
    .map((placeholder) => placeholder.slice('variables.'.length))
    .filter((name) => !Object.hasOwn(variables, name));
}

function isInside(path: string): boolean {
  return path !== '' && !isAbsolute(path) && !path.split(/[/\\]/).includes('..');
}
