import { type Artifact, createArtifactCollector } from './artifact.ts';
import { type MachineReadableLine, parseMachineReadable } from './machine-readable.ts';
import type { Emit } from './packer-event.ts';
import { type Phase, type PhaseSighting, phaseOf } from './phase.ts';
import type { PhaseOutlook } from './phase-timer.ts';
import type { Redact } from './redact-secrets.ts';

interface BuildFault {
  readonly build: string;
  readonly text: string;
}

/** What a run has said so far, redacted, in bounded memory. */
export interface Transcript {
  accept(line: string): void;
  readonly artifacts: readonly Artifact[];
  /** One per build that failed. */
  readonly faults: readonly BuildFault[];
  /** The last messages, oldest first. */
  readonly messages: readonly string[];
  /** The phase that was entered last. */
  readonly phase: Phase | undefined;
  /** The same, leaving out what only tidies up. */
  readonly lastWork: Phase | undefined;
}

export interface TranscriptOptions {
  readonly redact: Redact;
  readonly emit: Emit;
  /** Told of every new phase; tells what to expect of it. */
  readonly enter: (sighting: PhaseSighting) => PhaseOutlook;
}

/** Longer lines are cut by the reader. */
export const LINE_LIMIT: number = 64 * 1024;
/** Dropped from a cut line after its redaction: half a secret at the cut would not be recognised. */
const CUT_MARGIN = 8 * 1024;
const MOST_MESSAGES = 40;
const MOST_ENTRIES = 200;
const MESSAGE_LIMIT = 4 * 1024;

const TIDYING: ReadonlySet<Phase> = new Set(['cleaning-up', 'finished', 'failed']);

export function createTranscript({ redact, emit, enter }: TranscriptOptions): Transcript {
  const collector = createArtifactCollector();
  const artifacts: Artifact[] = [];
  const faults: BuildFault[] = [];
  const messages: string[] = [];
  const phases = new Map<string, Phase>();
  let lastPhase: Phase | undefined;
  let lastWork: Phase | undefined;

  const enterPhase = (level: string, text: string): void => {
    const sighting = phaseOf(level, text);
    if (sighting === undefined || phases.get(sighting.build) === sighting.phase) return;
    if (phases.size < MOST_ENTRIES) phases.set(sighting.build, sighting.phase);
    lastPhase = sighting.phase;
    if (!TIDYING.has(sighting.phase)) lastWork = sighting.phase;
    emit({ type: 'phase-entered', ...sighting, ...enter(sighting) });
  };
  const log = (level: 'say' | 'message' | 'error', text: string): void => {
    if (text.trim() === '') return;
    messages.push(text.slice(0, MESSAGE_LIMIT));
    if (messages.length > MOST_MESSAGES) messages.shift();
    emit({ type: 'message-logged', level, text });
  };
  return {
    accept: (raw) => {
      // One less when the cut line ended in a carriage return.
      const margin = raw.length >= LINE_LIMIT - 1 ? CUT_MARGIN : 0;
      const line = redactLine(parseMachineReadable(raw), (text) => {
        const redacted = redact(text);
        return redacted.slice(0, Math.max(0, redacted.length - margin));
      });
      const [first = '', second = ''] = line.data;
      if (line.type === 'ui') {
        enterPhase(first, second);
        log(isLevel(first) ? first : 'message', second);
      } else if (line.type === 'raw') {
        log('message', first);
      } else if (line.type === 'error' && faults.length < MOST_ENTRIES) {
        faults.push({ build: line.target, text: first.slice(0, MESSAGE_LIMIT) });
        emit({ type: 'build-failed', build: line.target, text: first });
      }
      const artifact = collector.accept(line);
      if (artifact === undefined || artifacts.length >= MOST_ENTRIES) return;
      artifacts.push(artifact);
      emit({ type: 'artifact-created', artifact });
    },
    artifacts,
    faults,
    messages,
    get phase() {
      return lastPhase;
    },
    get lastWork() {
      return lastWork;
    },
  };
}

/** After unescaping: an escaped comma within a secret would hide it from the redaction. */
function redactLine(line: MachineReadableLine, redact: Redact): MachineReadableLine {
  return { ...line, data: line.data.map(redact), target: redact(line.target) };
}

function isLevel(word: string): word is 'say' | 'message' | 'error' {
  return word === 'say' || word === 'message' || word === 'error';
}
