import type { CallOptions, InstanceProvider, InstanceRequest, InstanceView } from '../src/index.ts';

type Method = 'create' | 'get' | 'findByName' | 'delete';
/** Runs before the call has its effect; what it throws is the call's answer. */
type Hook = (context: {
  readonly count: number;
  readonly signal: AbortSignal | undefined;
}) => unknown;

export interface MemoryProvider extends InstanceProvider {
  readonly requests: InstanceRequest[];
  readonly instances: Map<string, InstanceView>;
  readonly calls: string[];
}

/** A cloud in memory: instances run after two looks, unless a hook says otherwise. */
export function createMemoryProvider(
  hooks: Partial<Record<Method | 'created' | 'view', Hook>> = {},
): MemoryProvider {
  const counts = new Map<string, number>();
  const requests: InstanceRequest[] = [];
  const instances = new Map<string, InstanceView>();
  const calls: string[] = [];

  const run = async (hook: keyof typeof hooks, options?: CallOptions): Promise<unknown> => {
    const count = (counts.get(hook) ?? 0) + 1;
    counts.set(hook, count);
    return await hooks[hook]?.({ count, signal: options?.signal });
  };
  return {
    requests,
    instances,
    calls,
    create: async (request, options) => {
      calls.push('create');
      await run('create', options);
      requests.push(request);
      const id = `id-${requests.length}`;
      instances.set(id, { id, name: request.name, state: 'starting' });
      await run('created', options);
      return { id };
    },
    get: async (id, options) => {
      calls.push(`get ${id}`);
      await run('get', options);
      const view = instances.get(id);
      if (view === undefined) return undefined;
      const override = (await run('view', options)) as Partial<InstanceView> | undefined;
      instances.set(id, { ...view, state: 'running', address: '192.0.2.7', ...override });
      return view;
    },
    findByName: async (name, options) => {
      calls.push('findByName');
      await run('findByName', options);
      return [...instances.values()].find((view) => view.name === name);
    },
    delete: async (id, options) => {
      calls.push(`delete ${id}`);
      await run('delete', options);
      instances.delete(id);
    },
  };
}
