import { Transform } from 'node:stream';
import { nothingHeld, redactChunk } from './redaction.ts';
import type { Secret } from './secret.ts';
import { secretForms } from './secret-forms.ts';

/** Hides the secrets that it is told of, in text and in streams. */
export interface RedactorSink {
  /** From now on, also in streams that are running. Secrets under eight characters are left alone. */
  add(secret: Secret | string): void;
  redact(text: string): string;
  /** A filter for one stream of bytes; secrets that straddle chunks are found. */
  wrap(): Transform;
}

/** Knows each secret as it is, line by line, in base64, percent-encoded and escaped for JSON. */
export function createRedactor(): RedactorSink {
  const known = new Set<string>();
  let needles: readonly string[] = [];
  return {
    add(secret) {
      const value = typeof secret === 'string' ? secret : secret.reveal();
      for (const form of secretForms(value)) known.add(toBytes(form));
      needles = [...known];
    },
    redact(text) {
      if (needles.length === 0) return text;
      return fromBytes(redactChunk(nothingHeld, toBytes(text), { needles, isLast: true }).passed);
    },
    wrap: () => createFilter(() => needles),
  };
}

function createFilter(needles: () => readonly string[]): Transform {
  let held = nothingHeld;
  const push = (chunk: string, isLast: boolean): Buffer => {
    const result = redactChunk(held, chunk, { needles: needles(), isLast });
    held = result.held;
    return Buffer.from(result.passed, 'latin1');
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      callback(null, push(chunk.toString('latin1'), false));
    },
    flush(callback) {
      callback(null, push('', true));
    },
  });
}

// One character per byte: output need not be valid UTF-8, and a chunk may end in the middle of a character.
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}
