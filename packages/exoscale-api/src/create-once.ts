import { type ApiCall, callName } from './api-call.ts';
import type { Client, MutationOptions } from './client.ts';
import { createsAllowed, isDoubtful, lookUp } from './doubt.ts';
import { ExoscaleError } from './exoscale-error.ts';
import { type Operation, readOperation } from './operations.ts';

/** What {@link createOnce} needs to see of a candidate. */
export interface Found {
  readonly id: string;
  readonly progress: 'pending' | 'ready' | 'failed';
}

export interface CreateOnceOptions extends MutationOptions {
  /** Everything that bears the unique name; asked only when the answer to the create was lost. */
  readonly find: () => Promise<readonly Found[]>;
  /** The unique name, for messages. */
  readonly name: string;
  /** What is known before: the answer needs no reference then. SSH keys go by their name. */
  readonly id?: string | undefined;
}

/**
 * Creates by POST, at most once. After a lost or bad answer the thing is looked for by its unique name: found, it is
 * adopted; not found, the create is sent again, unless the call timed out: then it may still be under way, and the
 * error stands.
 */
export async function createOnce(
  client: Client,
  call: ApiCall,
  options: CreateOnceOptions,
): Promise<{ readonly id: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const operation = readOperation(
        await client.request(call, { signal: options.signal }),
        callName(call),
      );
      return await outcome(client, call, operation, options);
    } catch (error) {
      if (!isDoubtful(error)) throw error;
      const [found, ...others] = await lookUp(client, options, error);
      if (found !== undefined && others.length > 0) {
        throw several([found, ...others], options.name, call);
      }
      if (found !== undefined) return adopt(client, call, found, options);
      if (error.code === 'timed-out' || attempt === createsAllowed) throw error;
    }
  }
}

async function outcome(
  client: Client,
  call: ApiCall,
  operation: Operation,
  options: CreateOnceOptions,
): Promise<{ readonly id: string }> {
  const isAccepted = options.until === 'accepted' && operation.state === 'pending';
  const ended = isAccepted
    ? operation
    : await client.operations.wait(operation, { ...options, call: callName(call) });
  const id = options.id ?? ended.referenceId ?? operation.referenceId;
  if (id !== undefined) return { id };
  throw new ExoscaleError(
    `Cannot use the answer to "${callName(call)}": "reference.id" is not present`,
    {
      code: 'invalid-response',
      call: callName(call),
      operationId: ended.id,
    },
  );
}

function several(found: readonly Found[], name: string, call: ApiCall): ExoscaleError {
  const ids = found.map(({ id }) => id).join(', ');
  return new ExoscaleError(
    `Cannot tell whether "${callName(call)}" created "${name}": there are ${found.length} (${ids})`,
    { code: 'conflict', call: callName(call) },
  );
}

async function adopt(
  client: Client,
  call: ApiCall,
  found: Found,
  { find, name, until, deadlineMs = 600_000, signal }: CreateOnceOptions,
): Promise<{ readonly id: string }> {
  const startedMs = client.clock.monotonicMs();
  let current: Found | undefined = found;
  while (until !== 'accepted' && current?.progress === 'pending') {
    if (client.clock.monotonicMs() - startedMs >= deadlineMs) break;
    await client.clock.sleep(1_000, { signal });
    current = (await find()).find((candidate) => candidate.id === found.id);
  }
  if (current?.progress === 'ready' || until === 'accepted') return { id: found.id };
  throw new ExoscaleError(
    `Cannot complete "${callName(call)}": "${name}" (${found.id}) is ${current?.progress ?? 'gone again'}`,
    {
      code: current?.progress === 'pending' ? 'timed-out' : 'operation-failed',
      call: callName(call),
    },
  );
}
