import { once } from 'node:events';
import { fuzzLines } from './fuzz-lines.ts';

// Stands in for a Packer whose guest prints what it likes.
const { LC_FUZZ_SEED: seed = '1', LC_FUZZ_LINES: lines = '1000' } = process.env;
if (process.argv[2] === 'version') {
  process.stdout.write('1,,version,1.6.6\n');
} else {
  let chunk = '';
  for (const line of fuzzLines(Number(seed), Number(lines))) {
    chunk += `${line}\n`;
    if (chunk.length < 65_536) continue;
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
    chunk = '';
  }
  process.stdout.write(chunk);
  process.exitCode = 1;
}
