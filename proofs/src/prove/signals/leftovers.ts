import { setTimeout as delay } from 'node:timers/promises';
import type { Lane, LaneJob } from './lane.ts';
import { listObjects } from './list-objects.ts';
import { type ProcessId, survivors } from './processes.ts';

const POLL_MS = 50;

/** What is still there, in words: nothing at all is what a job should leave. */
export async function leftInCloud({ ci }: Lane): Promise<readonly string[]> {
  const { cloud, vault } = ci.sandbox;
  const { tokens, secretIds } = vault.snapshot();
  return [
    ...cloud.iam.listKeys().map(({ key }) => `key ${key}`),
    ...tokens
      .filter(({ path }) => path.includes('approle'))
      .map(({ accessor }) => `token ${accessor}`),
    ...secretIds.map(({ accessor }) => `secret id ${accessor}`),
    ...cloud.instances
      .list()
      .filter(({ poolId }) => poolId === undefined)
      .map(({ name, state }) => `instance ${name} (${state})`),
    ...(await listObjects(ci.sandbox)).map((path) => `object ${path}`),
  ];
}

/** An instance whose deletion the cloud has accepted needs nobody any more. */
export function isOnItsWayOut(left: string): boolean {
  return left.endsWith('(destroying)');
}

export async function leftOnMachine(
  job: LaneJob,
  family: readonly ProcessId[],
): Promise<readonly string[]> {
  const processes = await survivors(family, job.marker);
  const files = await job.leftFiles();
  return [
    ...processes.map((process) => `process ${process}`),
    ...files.map((file) => `file ${file}`),
  ];
}

/** Looks until nothing is left, or the time is over; resolves with what is left then. */
export async function leftAfter(
  waitMs: number,
  look: () => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const deadlineMs = performance.now() + waitMs;
  for (;;) {
    const left = await look();
    if (left.length === 0 || performance.now() >= deadlineMs) return left;
    await delay(POLL_MS);
  }
}
