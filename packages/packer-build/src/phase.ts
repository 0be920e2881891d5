/** Where a build is; Packer says so only in prose. */
export type Phase =
  | 'fetching'
  | 'booting'
  | 'connecting'
  | 'provisioning'
  | 'halting'
  | 'converting'
  | 'post-processing'
  | 'uploading'
  | 'registering'
  | 'cleaning-up'
  | 'finished'
  | 'failed';

export interface PhaseSighting {
  readonly build: string;
  readonly phase: Phase;
}

/**
 * What the builder itself says, `==> NAME: TEXT`.
 * In Packer 1.6 no guest output has this shape at level `say`; in 1.16 what a guest prints
 * looks the same, so that a guest can feign a phase: that bends progress and deadlines of its own build alone.
 */
const BUILDER_TEXTS: readonly (readonly [RegExp, Phase])[] = [
  [/^(Retrieving|Trying|Copying) /, 'fetching'],
  [/^Starting VM|^Waiting \S+ for boot/, 'booting'],
  [/^Waiting for (SSH|WinRM) /, 'connecting'],
  [/^Connected to /, 'provisioning'],
  [/^Provisioning with |^Running local shell script|^Uploading /, 'provisioning'],
  [/^Gracefully halting |^Forcibly halting /, 'halting'],
  [/^Converting hard drive/, 'converting'],
  [/^Running post-processor/, 'post-processing'],
  [/^Deleting output directory|^Provisioning step had errors/, 'cleaning-up'],
];

/** What the importer says, in its wording up to Packer 1.6 and in the plugin's. */
const IMPORTER_TEXTS: readonly (readonly [RegExp, Phase])[] = [
  [/^Uploading template /, 'uploading'],
  [/^Registering /, 'registering'],
  [/^Deleting uploaded template /, 'cleaning-up'],
];

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ: /;

/** Infers the phase from one message; `undefined` when it tells of none. */
export function phaseOf(level: string, message: string): PhaseSighting | undefined {
  const text = message.replace(TIMESTAMP, '');
  const ended = /^Build '([^']+)' (finished|errored) after /.exec(text);
  if (ended?.[1] !== undefined && (level === 'say' || level === 'error')) {
    return { build: ended[1], phase: ended[2] === 'finished' ? 'finished' : 'failed' };
  }
  const imported = /^(?:==>| {3}) (\S+) \(exoscale-import\): (.*)/.exec(text);
  if (imported !== null) return sighting(imported, IMPORTER_TEXTS);
  const said = level === 'say' ? /^==> (\S+)(?: \([\w-]+\))?: (.*)/.exec(text) : null;
  return said === null ? undefined : sighting(said, BUILDER_TEXTS);
}

function sighting(
  [, build, text]: RegExpExecArray,
  table: readonly (readonly [RegExp, Phase])[],
): PhaseSighting | undefined {
  const phase = table.find(([pattern]) => pattern.test(text ?? ''))?.[1];
  return build === undefined || phase === undefined ? undefined : { build, phase };
}
