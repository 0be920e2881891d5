import { setTimeout as delay } from 'node:timers/promises';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import type { Ground, Guest, GuestKind, Pace } from './ground.ts';
import { LabError } from './lab-error.ts';
import type { LiveOptions } from './live-options.ts';

const port = 8080;
const lingerSeconds = 45;

const pace: Pace = {
  pollMs: 2_000,
  patienceMs: 10 * 60_000,
  watchMs: 10 * 60_000,
  settleMs: 2 * 60_000,
  lingerMs: lingerSeconds * 1000,
  check: { intervalMs: 5_000, timeoutMs: 2_000 },
};

const serve = `  - [systemd-run, --unit=lab-web, --working-directory=/srv, python3, -m, http.server, "${port}"]`;
const linger = `  - [systemd-run, --unit=lab-linger, -p, RemainAfterExit=yes, -p, TimeoutStopSec=120, -p, "ExecStop=/bin/sleep ${lingerSeconds}", /bin/true]`;

/** cloud-init, as the public templates have it. */
const userData: Readonly<Record<GuestKind, string>> = {
  web: `#cloud-config\nruncmd:\n${serve}\n`,
  other: `#cloud-config\nruncmd:\n${serve}\n`,
  mortal: '#cloud-config\nruncmd:\n  - [shutdown, -P, "+2"]\n',
  lingering: `#cloud-config\nruncmd:\n${linger}\n`,
};

/** A client for an account of the real cloud. */
export function openExoscale(options: LiveOptions): Exoscale {
  const { zone, apiKey: key, apiSecret, endpoint } = options;
  return createExoscale({
    zone,
    credentials: () => ({ key, secret: { reveal: () => apiSecret } }),
    userAgent: 'exoship-lab',
    ...(endpoint !== undefined && { endpoint }),
  });
}

/** An account of the real cloud, with guests made of public templates. */
export async function openRealGround(
  exoscale: Exoscale,
  { zone, instanceType, template, otherTemplate }: LiveOptions,
  signal: AbortSignal,
): Promise<Ground> {
  const idOf = async (name: string): Promise<string> => {
    const found = await exoscale.templates.newestByName(name, { visibility: 'public' }, { signal });
    if (found !== undefined) return found.id;
    throw new LabError('refused', `There is no public template "${name}" in ${zone}`);
  };
  const templateId = await idOf(template);
  const otherId = await idOf(otherTemplate);
  const guest = (kind: GuestKind): Guest => ({
    templateId: kind === 'other' ? otherId : templateId,
    userData: userData[kind],
  });
  const clock: Ground['clock'] = {
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    sleep: async (ms, { signal: ended } = {}) => {
      // The timer wraps what aborted it; the reason itself is what the caller knows.
      await delay(ms, undefined, ended && { signal: ended }).catch((error: unknown) => {
        ended?.throwIfAborted();
        throw error;
      });
    },
  };
  return { zone, exoscale, clock, pace, port, instanceType, guest };
}
