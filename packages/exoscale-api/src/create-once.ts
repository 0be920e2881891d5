import { type ApiCall, callName } from './api-call.ts';
import type { Client, MutationOptions } from './client.ts';
import { ExoscaleError, isExoscaleError } from './exoscale-error.ts';
import { type Operation, readOperation } from './operations.ts';
import { isTransient, pauseMs } from './retry.ts';

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
}

const attemptsAllowed = 3;
/** Look-ups before a create counts as not done: what was accepted may show late. */
const lookUps = 3;

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
      const found = await lookUp(client, call, options, error);
      if (found !== undefined) return adopt(client, call, found, options);
      if (error.code === 'timed-out' || attempt === attemptsAllowed) throw error;
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
  const id = ended.referenceId ?? operation.referenceId;
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

/** The POST itself went wrong in a way that may have had its effect. An operation that is known is not in doubt. */
function isDoubtful(error: unknown): error is ExoscaleError {
  return (
    isExoscaleError(error) && error.sent && error.operationId === undefined && isTransient(error)
  );
}

/** Looks several times, with growing pauses; rejects with `doubt` itself when the look-up is not possible either. */
async function lookUp(
  client: Client,
  call: ApiCall,
  { find, name, signal }: CreateOnceOptions,
  doubt: ExoscaleError,
): Promise<Found | undefined> {
  for (let made = 1; made <= lookUps; made++) {
    await client.clock.sleep(pauseMs(made, doubt.retryAfterMs, client.random), { signal });
    const [first, ...others] = await find().catch((error: unknown) => {
      signal?.throwIfAborted();
      throw isExoscaleError(error) ? doubt : error;
    });
    if (first !== undefined && others.length > 0) throw several([first, ...others], name, call);
    if (first !== undefined) return first;
  }
  return undefined;
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
