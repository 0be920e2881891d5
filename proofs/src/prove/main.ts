/** What one area exports; resolves with the exit code: 0 when nothing was violated, 1 when something was. */
export type Prove = (argv: readonly string[], say: (line: string) => void) => Promise<number>;

const areas: Readonly<Record<string, () => Promise<Prove>>> = {
  credentials: async () => (await import('./credentials/prove-credentials.ts')).proveCredentials,
  exoscale: async () => (await import('./exoscale/prove-exoscale.ts')).proveExoscale,
  lab: async () => (await import('./lab/prove-lab.ts')).proveLab,
  packed: async () => (await import('./packed/prove-packed.ts')).provePacked,
  packer: async () => (await import('./packer/prove-packer.ts')).provePacker,
  takeover: async () => (await import('./takeover/prove-takeover.ts')).proveTakeover,
  rollout: async () => (await import('./rollout/prove-rollout.ts')).proveRollout,
  signals: async () => (await import('./signals/prove-signals.ts')).proveSignals,
};

const [area = '', ...argv] = process.argv.slice(2).filter((argument) => argument !== '--');
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const load = Object.hasOwn(areas, area) ? areas[area] : undefined;

if (load === undefined) {
  say(`Usage: pnpm prove <area> [--seed N] …; areas: ${Object.keys(areas).join(', ')}`);
  process.exitCode = 2;
} else {
  try {
    const prove = await load();
    process.exitCode = await prove(argv, say);
  } catch (error) {
    const isUsage = error instanceof RangeError || error instanceof TypeError;
    say(
      `prove ${area}: ${error instanceof Error ? (isUsage ? error.message : error.stack) : String(error)}`,
    );
    process.exitCode = isUsage ? 2 : 1;
  }
}
