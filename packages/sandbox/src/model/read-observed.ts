import { SandboxError } from '../error.ts';
import { type Switches, switchPositions } from './switches.ts';

/**
 * The switches that an `observed.json` sets: what was measured on a real account. What could not be observed is left to
 * the defaults.
 *
 * @throws SandboxError `observed-invalid`, naming the part that cannot be taken.
 */
export function readObserved(text: string): Partial<Switches> {
  const { version, switches } = asObject(parse(text), 'It');
  if (version !== 1) throw invalid(`"version" must be 1: ${JSON.stringify(version)}`);
  const entries = Object.entries(asObject(switches, '"switches"'));
  return Object.fromEntries(entries.flatMap(([name, entry]) => readEntry(name, entry)));
}

function readEntry(name: string, entry: unknown): readonly (readonly [string, unknown])[] {
  if (!isSwitch(name)) throw invalid(`No switch is called "${name}"`);
  const { status, value } = asObject(entry, `"switches.${name}"`);
  if (status === 'unobservable') return [];
  if (status !== 'observed') {
    throw invalid(
      `"switches.${name}.status" must be "observed" or "unobservable": ${JSON.stringify(status)}`,
    );
  }
  const positions: readonly unknown[] = switchPositions[name];
  if (positions.includes(value)) return [[name, value]];
  const allowed = positions.map((position) => JSON.stringify(position)).join(', ');
  throw invalid(
    `"switches.${name}.value" must be one of ${allowed}: ${JSON.stringify(value) ?? 'absent'}`,
  );
}

function isSwitch(name: string): name is keyof Switches {
  return Object.hasOwn(switchPositions, name);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('It is not JSON', cause);
  }
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw invalid(`${what} must be an object`);
}

function invalid(problem: string, cause?: unknown): SandboxError {
  return new SandboxError('observed-invalid', `Cannot read the observations: ${problem}`, {
    cause,
  });
}
