import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Trial } from './trial.ts';

interface Hazard {
  readonly what: string;
  /** What was seen; throws when it is not as it should be. */
  readonly look: (trial: Trial) => Promise<string>;
}

async function failsWith(code: string, work: Promise<unknown>, text: RegExp): Promise<string> {
  const error: Error & { code?: string } = await work.then(
    () => {
      throw new RangeError(`No ${code}: it went well`);
    },
    (reason: Error) => reason,
  );
  assert.equal(error.code, code, error.message);
  assert.match(error.message, text);
  return error.message;
}

const keyPair = `ssh-ed25519 ${'A'.repeat(68)} deploy\n`;
const zone = 'ch-gva-2';

export const hazards: readonly Hazard[] = [
  {
    what: 'reads no configuration, account, alias or trace of its surroundings',
    async look({ exo, left }) {
      const { value, warnings } = await exo.run(['compute', 'instance-type', 'list']);
      assert.ok(Array.isArray(value) && value.length > 0);
      assert.deepEqual(warnings, []);
      assert.deepEqual(await left(), []);
      return `${value.length} types, nothing on stderr, nothing left behind`;
    },
  },
  {
    what: 'asks for a key before each command',
    async look({ exo, keysAsked }) {
      const before = keysAsked.length;
      await exo.run(['zone', 'list']);
      await exo.run(['zone', 'list']);
      assert.equal(keysAsked.length - before, 2);
      return `${keysAsked.length} so far`;
    },
  },
  {
    what: 'takes help that is printed with exit code 0 for a failure',
    look: async ({ exo }) =>
      await failsWith('exo-unreadable', exo.run(['compute', 'nonsense']), /though it exited 0/),
  },
  {
    what: 'says what exo says of an unknown flag, an unknown zone, a thing that is not there',
    async look({ exo }) {
      const run = async (...args: string[]) => await exo.run(['compute', ...args]);
      await failsWith('exo-failed', run('instance', 'list', '--size', '4'), /unknown flag/);
      await failsWith('exo-failed', run('instance', 'show', 'x', '-z', 'mars-1'), /mars-1/);
      return await failsWith('exo-failed', run('instance', 'show', 'ghost', '-z', zone), /ghost/);
    },
  },
  {
    what: 'answers the questions of exo: what is deleted is gone',
    async look({ exo, world }) {
      const publicKey = join(world.folder, 'key.pub');
      assert.equal(await readFile(publicKey, 'utf8'), keyPair);
      await exo.run(['compute', 'ssh-key', 'register', 'deploy', publicKey]);
      const { value } = await exo.run(['compute', 'ssh-key', 'delete', 'deploy']);
      const { value: keys } = await exo.run(['compute', 'ssh-key', 'list']);
      assert.deepEqual(keys ?? [], []);
      return `deleting printed ${JSON.stringify(value) ?? 'nothing'}`;
    },
  },
  {
    what: 'tells of what is missing beside exit code 0, without the spinner',
    async look({ exo }) {
      const args = ['compute', 'instance', 'delete', 'ghost', '-z', zone];
      const { value, warnings } = await exo.run(args);
      assert.equal(value, undefined);
      assert.match(warnings.join('\n'), /ghost/);
      const said = warnings.join('\n');
      assert.doesNotMatch(said, /\.\.\. \d+s/);
      assert.equal(said, stripVTControlCharacters(said));
      return warnings.join('; ');
    },
  },
  {
    what: 'rides out what exo repeats, and says in the end that it gave up',
    async look({ exo, world: { sandbox } }) {
      const fault = {
        kind: 'status',
        status: 503,
        headers: { 'retry-after': '1' },
        match: { operation: 'list-ssh-keys' },
      } as const;
      sandbox.cloud.faults.add(fault);
      await exo.run(['compute', 'ssh-key', 'list']);
      sandbox.cloud.faults.add({ ...fault, count: 5 });
      const given = exo.run(['compute', 'ssh-key', 'list']);
      return await failsWith('exo-failed', given, /giving up after 5 attempt/);
    },
  },
  {
    what: 'ends exo, which would wait for ever, when its time is over',
    async look({ exo, world: { sandbox }, left }) {
      const match = { operation: 'list-ssh-keys' };
      sandbox.cloud.faults.add({ kind: 'latency', delayMs: 20_000, match });
      const started = performance.now();
      const waiting = exo.run(['compute', 'ssh-key', 'list'], { timeoutMs: 1_500 });
      await failsWith('exo-timed-out', waiting, /not done within 1500 ms/);
      const ms = Math.round(performance.now() - started);
      assert.ok(ms < 8_000, `${ms} ms`);
      assert.deepEqual(await left(), []);
      return `after ${ms} ms, nothing left behind`;
    },
  },
  {
    what: 'cannot mend that exo exits 0 for an operation that fails at once: look what became of it',
    async look({ exo, world: { sandbox } }) {
      await exo.run(['compute', 'security-group', 'create', 'front']);
      sandbox.cloud.faults.add({
        kind: 'operation-failure',
        match: { operation: 'delete-security-group' },
      });
      await exo.run(['compute', 'security-group', 'delete', 'front']).catch(() => undefined);
      const { value } = await exo.run(['compute', 'security-group', 'list']);
      assert.match(JSON.stringify(value), /"front"/);
      return 'still listed afterwards';
    },
  },
];
