import { openCi } from '../../harness/open-ci.ts';
import { listObjects } from '../signals/list-objects.ts';
import { startLine } from './run-line.ts';

export interface HalfRegistered {
  /** In words. */
  readonly outcome: string;
  readonly violations: readonly string[];
}

const SLOW_MS = 2_500;

/** Kills a job in the moment in which its template is being registered, and runs it again at once. */
export async function proveHalfRegistered(seed: number): Promise<HalfRegistered> {
  await using ci = await openCi({ seed, latencies: { operationMs: 50, templateMs: SLOW_MS } });
  const { cloud } = ci.sandbox;
  const line = { argv: ['build'], cwd: ci.folder, env: ci.env() };
  const killed = startLine(line);
  const forget = cloud.subscribe(({ type }) => {
    if (type === 'operation-started') process.kill(killed.pid, 'SIGKILL');
  });
  await killed.ended;
  forget();
  const again = await startLine(line).ended;
  const templates = cloud.snapshot().templates.now;
  const objects = await listObjects(ci.sandbox);
  const found = again.stderr.includes('the same inputs are registered already');
  return {
    outcome: `exit ${again.exitCode}, ${found ? 'found' : 'not found'}, ${objects.length} objects left`,
    violations: [
      ...(again.exitCode === 0 && found ? [] : ['a half-registered template is not found']),
      ...objects.map((path) => `object ${path} of a half-registered template`),
      ...(templates === 1 ? [] : [`${templates} templates of one commit`]),
    ],
  };
}
