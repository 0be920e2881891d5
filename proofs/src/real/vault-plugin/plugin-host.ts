import { createInterface } from 'node:readline';
import { execa } from 'execa';

/** Runs the plugin's binary; in the place of Vault stands `./host`. */
export interface PluginHost extends AsyncDisposable {
  ask(request: PluginRequest): Promise<PluginAnswer>;
}

export type PluginRequest =
  | {
      readonly operation: 'read' | 'update' | 'delete' | 'list';
      readonly path: string;
      readonly data?: Readonly<Record<string, unknown>>;
    }
  | { readonly operation: 'renew' | 'revoke'; readonly lease: number };

export interface PluginAnswer {
  readonly data?: Readonly<Record<string, unknown>>;
  /** Names the lease in later requests. */
  readonly lease?: number;
  readonly ttlSeconds?: number;
  readonly error?: string;
}

export interface PluginHostOptions {
  /** Of the host. */
  readonly binary: string;
  readonly plugin: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export function startPluginHost({ binary, plugin, env, signal }: PluginHostOptions): PluginHost {
  const child = execa(binary, [plugin], {
    env,
    extendEnv: false,
    stdin: 'pipe',
    buffer: false,
    reject: false,
    cancelSignal: signal,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
  });
  let turn: Promise<unknown> = Promise.resolve();

  async function exchange(request: PluginRequest): Promise<PluginAnswer> {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value: line, done } = await lines.next();
    signal.throwIfAborted();
    if (done !== true) return JSON.parse(line) as PluginAnswer;
    throw new RangeError(`The plugin host has ended: ${said.trim() || 'it said nothing'}`);
  }

  return {
    ask: (request) => {
      const answer = turn.then(() => exchange(request));
      turn = answer.catch(() => undefined);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await child;
    },
  };
}
