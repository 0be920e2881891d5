import { fileURLToPath, pathToFileURL } from 'node:url';
import { execa } from 'execa';

const source = fileURLToPath(new URL('../../../../packages/exoscale-api/', import.meta.url));
/** Below the package, so that what it depends on is found; `dist` stays as it is. */
const target = `${source}node_modules/.cache/exoship-proof`;

/** Compiles the client as publishing does; resolves with the URL of its entry point. */
export async function compileClient(signal: AbortSignal): Promise<string> {
  const args = ['-p', 'tsconfig.build.json', '--outDir', target];
  await execa('tsc', args, { cwd: source, preferLocal: true, cancelSignal: signal });
  return pathToFileURL(`${target}/index.js`).href;
}
