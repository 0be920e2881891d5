import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  assertAbsolute,
  assertDuration,
  assertEnvironment,
  assertKnownKeys,
} from './assert-options.ts';
import { type BootedImage, bootImage, STOP_GRACE_MS } from './boot-image.ts';
import { type Accelerator, chooseAccelerator } from './choose-accelerator.ts';
import type { Clock } from './clock.ts';
import { buildEnvironment } from './environment.ts';
import { type Finding, inspectImage } from './image-facts.ts';
import { createPrivateFolder, type PrivateFolder } from './private-folder.ts';
import { seedImage } from './seed-image.ts';
import type { SshKey } from './ssh-key.ts';
import { systemClock } from './system-clock.ts';
import { tryLogin } from './try-login.ts';

/** Asks the booted image whether it does what it should; called again until it does. */
export type ImageCheck = (
  target: { readonly address: string; readonly port: number },
  options: { readonly signal: AbortSignal },
) => Promise<{ readonly passed: boolean; readonly detail: string }>;

export interface VerifyOptions {
  /** Absolute path of a qcow2 file; it is not written to. */
  readonly image: string;
  /** Absolute path, short: a private folder is made in it and removed at the end. */
  readonly folder: string;
  /** Ambient environment to pick from, such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the app listens in the guest. */
  readonly port: number;
  readonly check: ImageCheck;
  /** The key of the build: must be refused. @default nobody tries to log in */
  readonly sshKey?: SshKey | undefined;
  /** Whom the build logged in as. @default 'root' */
  readonly user?: string | undefined;
  /** @default 512 */
  readonly memoryMib?: number | undefined;
  /** @default whatever boots a guest of one sector: kvm, else tcg (emulation) */
  readonly accelerator?: Accelerator | undefined;
  /** @default 'qemu-system-x86_64' */
  readonly qemu?: string | undefined;
  /** From power on until the check passes; as long again for the login. @default 180_000 */
  readonly deadlineMs?: number | undefined;
  /** Between two checks. @default 500 */
  readonly intervalMs?: number | undefined;
  /** @default the wall's */
  readonly clock?: Clock | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageVerdict {
  /** All findings did. */
  readonly passed: boolean;
  /** In the order of looking; nothing is booted when the file itself will not do. */
  readonly findings: readonly Finding[];
  readonly accelerator: Accelerator | undefined;
  /** From power on; `undefined` when the check never passed. */
  readonly readyAfterMs: number | undefined;
  /** The last words of the machine's serial console. */
  readonly console: string;
}

const SSH_PORT = 22;
const KNOWN_OPTIONS =
  'image folder env port check sshKey user memoryMib accelerator qemu deadlineMs intervalMs clock signal'.split(
    ' ',
  );

/**
 * Looks at an image as Exoscale will, boots it as a stranger's machine (no key of ours in its user data), lets `check`
 * ask it on loopback, and tries to get in with the key of the build.
 *
 * @throws PackerError `qemu-missing` or `ssh-missing`; `signal.reason` when cancelled; what `check` throws.
 */
export async function verifyImage(options: VerifyOptions): Promise<ImageVerdict> {
  assertOptions(options);
  const { image, env, signal } = options;
  const facts = await inspectImage(image, env, signal);
  const nothingBooted = { accelerator: undefined, readyAfterMs: undefined, console: '' };
  if (!facts.every(({ passed }) => passed)) {
    return { passed: false, findings: facts, ...nothingBooted };
  }
  const place = { parent: options.folder, graceMs: STOP_GRACE_MS, env };
  const folder = await createPrivateFolder(place, { sshKey: options.sshKey });
  try {
    const probing = { folder: folder.path, env, qemu: options.qemu, signal };
    const accelerator = options.accelerator ?? (await chooseAccelerator(probing));
    const life = await tryMachine(options, folder, accelerator);
    const findings = [...facts, ...life.findings];
    return { ...life, passed: findings.every(({ passed }) => passed), findings, accelerator };
  } finally {
    await folder.remove();
  }
}

type Life = Pick<ImageVerdict, 'findings' | 'readyAfterMs' | 'console'>;

async function tryMachine(
  options: VerifyOptions,
  folder: PrivateFolder,
  accelerator: Accelerator,
): Promise<Life> {
  const { image, port, clock = systemClock, memoryMib = 512 } = options;
  const seed = join(folder.path, 'stranger.iso');
  await writeFile(seed, seedImage('#cloud-config\n{}\n'), { mode: 0o600 });
  const env = buildEnvironment(options.env, [], folder);
  const startedMs = clock.monotonicMs();
  await using machine = await bootImage({
    image,
    seed,
    accelerator,
    memoryMib,
    env,
    clock,
    ports: [port, SSH_PORT],
    qemu: options.qemu ?? 'qemu-system-x86_64',
    folder,
  });
  const ready = await untilReady(options, machine);
  const readyAfterMs = ready.passed ? clock.monotonicMs() - startedMs : undefined;
  const findings = [ready];
  if (ready.passed && folder.keyFile !== undefined) {
    findings.push(await untilRefused(options, machine, { keyFile: folder.keyFile, env }));
  }
  return { findings, readyAfterMs, console: machine.console() };
}

async function untilReady(options: VerifyOptions, machine: BootedImage): Promise<Finding> {
  const what = 'boots and does what it should';
  const target = { address: '127.0.0.1', port: machine.portOf(options.port) };
  let detail = 'no answer';
  const passed = await repeat(options, machine, async (signal) => {
    const answer = await options.check(target, { signal });
    // What was cut off by the deadline says nothing about the app; what was seen before does.
    if (answer.passed || !signal.aborted) detail = answer.detail;
    return answer.passed;
  });
  return { what, passed, detail: machine.ended.aborted ? `the machine ended: ${detail}` : detail };
}

/** No answer proves nothing: the server may only be slow. */
async function untilRefused(
  options: VerifyOptions,
  machine: BootedImage,
  { keyFile, env }: { readonly keyFile: string; readonly env: Readonly<Record<string, string>> },
): Promise<Finding> {
  const { user = 'root' } = options;
  let answer = 'no-answer';
  await repeat(options, machine, async (signal) => {
    answer = await tryLogin({ port: machine.portOf(SSH_PORT), user, keyFile, env, signal });
    return answer !== 'no-answer';
  });
  const what = 'refuses the key of the build';
  return { what, passed: answer === 'refused', detail: `${user} ${answer}` };
}

/** Until `attempt` is satisfied (true), or the deadline, or the end of the machine (false). */
async function repeat(
  { clock = systemClock, deadlineMs = 180_000, intervalMs = 500, signal }: VerifyOptions,
  machine: BootedImage,
  attempt: (signal: AbortSignal) => Promise<boolean>,
): Promise<boolean> {
  const over = new AbortController();
  const stops = [machine.ended, over.signal, ...(signal === undefined ? [] : [signal])];
  const stop = AbortSignal.any(stops);
  const deadline = clock.sleep(deadlineMs, { signal: stop }).then(
    () => over.abort(),
    () => {},
  );
  try {
    while (!(await attempt(stop))) await clock.sleep(intervalMs, { signal: stop });
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (stop.aborted) return false;
    throw error;
  } finally {
    over.abort();
    await deadline;
  }
}

function assertOptions(options: VerifyOptions): void {
  assertKnownKeys('verifyImage', options, KNOWN_OPTIONS);
  assertAbsolute('image', options.image);
  assertAbsolute('folder', options.folder);
  assertEnvironment(options.env);
  for (const name of ['deadlineMs', 'intervalMs'] as const) {
    const ms = options[name];
    if (ms !== undefined) assertDuration(name, ms);
  }
}
