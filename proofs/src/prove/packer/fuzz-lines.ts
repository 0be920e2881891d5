import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const logs = fileURLToPath(
  new URL('../../../../packages/packer-build/test/fixtures/logs/', import.meta.url),
);
const pieces = [
  ',',
  '%!(PACKER_COMMA)',
  '%!(PACKER',
  '\\n',
  '\\r',
  '\0',
  '\r',
  '\u{1F4A9}',
  '\uD800',
  'artifact,0,end',
  ',error,',
  'ui,say,==> ',
  '999999999999',
  '\u001B[31m',
];
/** Now and then a guest prints without a line break. */
const LONGEST = 150_000;

/** Lines that Packer has really written, damaged in every way that a seed can think of. */
export function* fuzzLines(seed: number, count: number): Generator<string> {
  const recorded = readdirSync(logs)
    .filter((name) => name.endsWith('.log'))
    .flatMap((name) => readFileSync(`${logs}${name}`, 'utf8').split('\n'));
  const draw = createDraw(seed);
  for (let made = 0; made < count; made += 1) {
    let line = recorded[draw(recorded.length)] ?? '';
    for (let times = draw(4); times > 0; times -= 1) line = damage(line, draw, recorded);
    yield line.replaceAll('\n', ' ');
  }
}

type Draw = (below: number) => number;

function damage(line: string, draw: Draw, recorded: readonly string[]): string {
  const at = draw(line.length + 1);
  switch (draw(8)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(at);
    case 2:
      return line.slice(0, at) + (pieces[draw(pieces.length)] ?? '') + line.slice(at);
    case 3:
      return line.slice(0, at) + String.fromCharCode(draw(0x10000)) + line.slice(at + 1);
    case 4:
      return line.slice(0, at) + (recorded[draw(recorded.length)] ?? '').slice(at);
    case 5:
      return line.replaceAll(',', pieces[draw(pieces.length)] ?? '');
    case 6:
      return draw(500) === 0 ? line + 'x'.repeat(draw(LONGEST)) : line + line;
    default:
      return line.split(',').toReversed().join(',');
  }
}

/** Marsaglia's xorshift: quick, and the same everywhere. */
function createDraw(seed: number): Draw {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}
