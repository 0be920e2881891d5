import type { RolloutEvent } from '@exoship/rollout';
import { expect, test } from 'vitest';
import { createLiveTree } from '../../src/render/live-tree.ts';

const at = new Date(60_000);
const event = (body: object): RolloutEvent =>
  ({ schema: 1, seq: 1, at, rolloutId: 'r', ...body }) as RolloutEvent;
const member = (id: string, more: object): object => ({
  id,
  name: id,
  template: 'v2',
  state: 'running',
  verdict: 'healthy',
  isProven: false,
  isDrained: false,
  createdAt: new Date(48_000),
  ...more,
});
const observed = event({
  type: 'pool-observed',
  size: 6,
  template: 'v2',
  status: 'running',
  serving: 4,
  floor: 3,
  members: [
    member('old-1', { template: 'v1', isProven: true, createdAt: new Date(0) }),
    member('old-2', { template: 'v1', isDrained: true, createdAt: new Date(0) }),
    member('new-1', { isProven: true }),
    member('new-2', {}),
    member('new-3', { verdict: 'unhealthy' }),
    member('new-4', { state: 'starting', verdict: 'unknown' }),
  ],
});

test('createLiveTree() shows pool, templates and members, the goal first', () => {
  const tree = createLiveTree(3);
  expect(tree.render(at)).toEqual([]);
  for (const told of [
    event({ type: 'rollout-start', to: 'v2' }),
    observed,
    ...['new-1', 'new-1', 'new-1', 'new-1', 'new-2'].map((id) =>
      event({ type: 'probe-passed', member: id, detail: 'ok' }),
    ),
    event({ type: 'probe-failed', member: 'new-3', detail: 'status 500' }),
  ]) {
    tree.tell(told);
  }
  expect(tree.render(at).join('\n')).toMatchInlineSnapshot(`
    "pool running  6 wanted, 6 present, 4 serving (floor 3)
    ├─ v2 (goal)  4 members
    │  ├─ ✔ new-1  proved, probes 3/3, balancer healthy, 12 s old
    │  ├─ ◌ new-2  running, probes 1/3, balancer healthy, 12 s old
    │  ├─ ✖ new-3  failing, probes 0/3: status 500, balancer unhealthy, 12 s old
    │  ├─ ◷ new-4  starting, probes 0/3, balancer unknown, 12 s old
    ├─ v1  2 members
    │  ├─ ✔ old-1  proved, probes 0/3, balancer healthy, 60 s old
    │  ├─ ↓ old-2  draining, probes 0/3, balancer healthy, 60 s old"
  `);
});

test('createLiveTree() turns to the old template when the rollout goes back', () => {
  const tree = createLiveTree(3);
  tree.tell(event({ type: 'rollout-start', to: 'v2' }));
  tree.tell(observed);
  tree.tell(event({ type: 'mutation-start', call: 'begin', template: 'v1' }));
  expect(tree.render(at)[1]).toBe('├─ v1 (goal)  2 members');
});

test('createLiveTree() starts counting again after a failed probe', () => {
  const tree = createLiveTree(3);
  tree.tell(observed);
  for (const type of ['probe-passed', 'probe-passed', 'probe-failed', 'probe-passed']) {
    tree.tell(event({ type, member: 'new-2', detail: 'x' }));
  }
  expect(tree.render(at).find((line) => line.includes('new-2'))).toContain('probes 1/3, balancer');
});
