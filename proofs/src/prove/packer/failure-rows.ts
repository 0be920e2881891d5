import { type JobChange, outVariable as out } from './ground.ts';

/** One way for a build to fail, provoked for real. */
export interface FailureRow {
  readonly what: string;
  readonly change: JobChange;
  readonly arguments?: readonly string[];
  /** The template is of a machine: it gets the base image. */
  readonly boots?: true;
  /** Size of the disk that everything is on. */
  readonly diskMib?: number;
  /** What goes wrong outside of the build. */
  readonly trouble?: 'uploads-refused' | 'registration-fails' | 'no-packer' | 'cancelled';
  readonly exitCode: number;
  /** Of packer-build, where the failure is one of its. */
  readonly code?: string;
  readonly says: RegExp;
}

const local: JobChange = { template: 'local.pkr.hcl', machine: null, build: out };
const tiny: JobChange = { build: out };
const letsIn =
  "cp /root/.ssh/authorized_keys /root/k; echo '::once:/bin/cp /root/k /root/.ssh/authorized_keys' >>/etc/inittab; sync";

function command(text: string): readonly string[] {
  return ['--var', `command=${text}`];
}

export const failureRows: readonly FailureRow[] = [
  {
    what: 'template invalid',
    change: { template: 'invalid.pkr.hcl', machine: null },
    exitCode: 12,
    code: 'template-invalid',
    says: /Invalid expression/,
  },
  {
    what: 'component missing',
    change: { template: 'component-missing.pkr.hcl', machine: null },
    exitCode: 12,
    code: 'component-missing',
    says: /Unknown source type nosuch/,
  },
  {
    what: 'SSH timeout',
    change: tiny,
    boots: true,
    arguments: ['--var', 'boot_wait=1s', '--var', 'ssh_timeout=2s'],
    exitCode: 12,
    code: 'ssh-timeout',
    says: /Timeout waiting for SSH/,
  },
  {
    what: 'provisioner failed',
    change: local,
    arguments: command('exit 7'),
    exitCode: 12,
    code: 'provisioner-failed',
    says: /non-zero exit status: 7/,
  },
  {
    what: 'disk full while the base is copied',
    change: tiny,
    boots: true,
    diskMib: 24,
    exitCode: 12,
    code: 'disk-full',
    says: /no space left on device|next to nothing is left/,
  },
  {
    what: 'disk full in silence',
    change: local,
    diskMib: 64,
    arguments: command('head -c 60M /dev/zero >"$TMPDIR/fill"; sleep 60'),
    exitCode: 12,
    code: 'disk-full',
    says: /next to nothing is left on the disk/,
  },
  {
    what: 'machine open to the network',
    change: tiny,
    boots: true,
    arguments: ['--var', 'listen='],
    exitCode: 12,
    code: 'exposed',
    says: /takes connections from other computers/,
  },
  {
    what: 'too slow',
    change: { ...local, build: `${out}      timeout: 3s\n` },
    arguments: command('sleep 60'),
    exitCode: 12,
    code: 'timed-out',
    says: /did not end within 3000 ms/,
  },
  {
    what: 'cancelled',
    change: local,
    arguments: command('sleep 60'),
    trouble: 'cancelled',
    exitCode: 143,
    says: /SIGTERM/,
  },
  {
    what: 'upload failed',
    change: local,
    trouble: 'uploads-refused',
    exitCode: 11,
    says: /403|denied|forbidden/i,
  },
  {
    what: 'registration failed',
    change: local,
    trouble: 'registration-fails',
    exitCode: 11,
    says: /the operation ended as failure/,
  },
  {
    what: 'image lets the key of the build in',
    change: tiny,
    boots: true,
    arguments: ['--var', `finish=${letsIn}`],
    exitCode: 12,
    says: /The image will not do: refuses the key of the build/,
  },
  {
    what: 'importer of Packer 1.6',
    change: { ...local, build: `${out}      packerImport: {}\n` },
    exitCode: 3,
    says: /registers templates through version 1 of Exoscale's API/,
  },
  {
    what: 'no Packer',
    change: local,
    trouble: 'no-packer',
    exitCode: 2,
    code: 'not-installed',
    says: /it is not on the PATH/,
  },
];
