import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { appPort } from './app-port.ts';

export interface Bundle {
  readonly bytes: Buffer;
  readonly md5: string;
}

/** Answers 200 with its version, its environment and its process id; says 503 for a while when asked to stop. */
const serverSource = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
const { version } = JSON.parse(readFileSync('exoship-bundle.json', 'utf8'));
let isStopping = false;
const server = createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  response.statusCode = isStopping && request.url === '/health' ? 503 : 200;
  response.end(JSON.stringify({ version, env: process.env, cwd: process.cwd(), pid: process.pid }));
});
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening'));
process.on('SIGTERM', () => {
  isStopping = true;
  setTimeout(() => process.exit(0), Number(process.env.LAME_DUCK_MS ?? 0));
});
`;

/** Packs a process template as a user would: a program and its manifest in a .tar.gz. */
export async function makeBundle(
  manifest: Readonly<Record<string, unknown>> = {},
  source: string = serverSource,
): Promise<Bundle> {
  const folder = await mkdtemp(join(tmpdir(), 'exoship-bundle-'));
  const content = join(folder, 'content');
  await mkdir(content);
  await writeFile(join(content, 'server.mjs'), source);
  const whole = { start: ['node', 'server.mjs'], port: appPort, version: '1.0.0', ...manifest };
  await writeFile(join(content, 'exoship-bundle.json'), JSON.stringify(whole));
  const file = join(folder, 'bundle.tar.gz');
  await create({ gzip: true, file, cwd: content }, ['exoship-bundle.json', 'server.mjs']);
  const bytes = await readFile(file);
  await rm(folder, { recursive: true });
  return { bytes, md5: createHash('md5').update(bytes).digest('hex') };
}
