import { isExpiredSmoke } from '@exoship/smoke';
import type { Lane } from './lane.ts';
import { leftAfter, leftInCloud } from './leftovers.ts';
import { listObjects } from './list-objects.ts';
import { runLine } from './run-line.ts';

const GONE_MS = 10_000;
/** No smoke test may reserve its instance for longer. */
const LONGEST_RESERVATION_MS = 24 * 3_600_000;

/** What neither a lease's end nor the sweep will ever remove; for jobs that had no chance to clean up. */
export async function uncoveredByTtl(
  lane: Lane,
  left: readonly string[],
): Promise<readonly string[]> {
  const { cloud, vault } = lane.ci.sandbox;
  const { leases, tokens } = vault.snapshot();
  const keys = cloud.iam.listKeys().length;
  const endless = tokens.filter(({ path, expiresAt }) => path.includes('approle') && !expiresAt);
  const later = new Date(cloud.now().getTime() + LONGEST_RESERVATION_MS);
  const unswept = cloud.instances
    .list()
    .filter(({ poolId, labels }) => poolId === undefined && !isExpiredSmoke(labels, later));
  return [
    ...(leases.length < keys ? [`${keys} keys, but ${leases.length} leases`] : []),
    ...endless.map(({ accessor }) => `token ${accessor} never ends`),
    ...unswept.map(({ name }) => `instance ${name} is not for the sweep`),
    ...(await unsweptObjects(lane, left)),
  ];
}

/** Objects have no end of their own: the sweep must remove them, and does so in earnest here. */
async function unsweptObjects(lane: Lane, left: readonly string[]): Promise<readonly string[]> {
  if (!left.some((what) => what.startsWith('object'))) return [];
  await using job = await lane.openJob();
  await runLine(lane, job, ['sweep', '--yes', '--older-than', '0s']);
  const objects = await listObjects(lane.ci.sandbox);
  return objects.map((path) => `object ${path} is not swept`);
}

/** Does what time and the sweep would do, so that the next line finds an empty lane. */
export async function clearAway(lane: Lane): Promise<void> {
  const { cloud, vault } = lane.ci.sandbox;
  const root = async (path: string, body: object = {}): Promise<void> => {
    await vault.handler({
      method: 'POST',
      path: `/v1/${path}`,
      query: '',
      headers: { 'x-vault-token': vault.rootToken.reveal() },
      body: Buffer.from(JSON.stringify(body)),
    });
  };
  await root('sys/leases/revoke-prefix/exoscale');
  for (const { path, accessor } of vault.snapshot().tokens) {
    if (path.includes('approle')) await root('auth/token/revoke-accessor', { accessor });
  }
  for (const { accessor, roleName } of vault.snapshot().secretIds) {
    const path = `auth/approle/role/${roleName}/secret-id-accessor/destroy`;
    await root(path, { secret_id_accessor: accessor });
  }
  for (const { id, poolId, state } of cloud.instances.list()) {
    if (poolId === undefined && state !== 'destroying') await lane.owner.instances.delete(id);
  }
  for (const path of (await leftInCloud(lane)).filter((left) => left.startsWith('object '))) {
    const [bucket = '', ...key] = path.slice('object '.length).split('/');
    await lane.owner.storage.delete(bucket, key.join('/'));
  }
  const left = await leftAfter(GONE_MS, async () => await leftInCloud(lane));
  if (left.length > 0) throw new RangeError(`The lane could not be cleared: ${left.join(', ')}`);
}
