import { execa } from 'execa';
import { PackerError } from './error.ts';

/** What an SSH server answered to a key. */
export type LoginAnswer = 'accepted' | 'refused' | 'no-answer';

export interface LoginOptions {
  readonly port: number;
  readonly user: string;
  /** File with the private key. */
  readonly keyFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Emulated machines take their time to agree on a cipher. */
const CONNECT_SECONDS = 20;

/** Tries to log in on 127.0.0.1 with one key and nothing else: no agent, no password, no configuration of the user. */
export async function tryLogin(options: LoginOptions): Promise<LoginAnswer> {
  const { port, user, keyFile, env, signal } = options;
  const settings = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    `ConnectTimeout=${CONNECT_SECONDS}`,
  ];
  const args = [
    ['-F', 'none', '-i', keyFile, '-p', String(port)],
    ...settings.map((setting) => ['-o', setting]),
    [`${user}@127.0.0.1`, 'true'],
  ];
  const { exitCode, stderr, code } = await execa('ssh', args.flat(), {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
    maxBuffer: 64 * 1024,
  });
  signal.throwIfAborted();
  if (code === 'ENOENT' || code === 'EACCES') {
    const message =
      'Cannot run "ssh": it is not on the PATH: install the Debian package openssh-client';
    throw new PackerError('ssh-missing', message);
  }
  if (exitCode === 0) return 'accepted';
  return /permission denied/i.test(stderr) ? 'refused' : 'no-answer';
}
