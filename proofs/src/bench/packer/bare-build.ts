import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildTemplate, createSshKey } from '@exoship/packer-build';
import { execa } from 'execa';
import { templates } from '../../prove/packer/ground.ts';
import type { Tools } from '../../prove/packer/tools.ts';

/** Packer by itself, with a key and a seed that were made before. */
export interface BareBuild {
  readonly argv: readonly string[];
  /** Wall of the whole process. */
  run(signal: AbortSignal): Promise<number>;
}

/** What `ci-cli build` gives to Packer, kept by a Packer that does nothing else. */
async function keepKeyAndSeed(folder: string): Promise<void> {
  const keeper = join(folder, 'keeper');
  const kept = `cp "$TMPDIR"/../ssh-key "$TMPDIR"/../seed.iso "${folder}"`;
  const version = "echo '1,,version,1.6.6'";
  const artifact = "echo '1,a,artifact,0,end'";
  const script = `case $1 in version) ${version} ;; *) ${kept}; ${artifact} ;; esac`;
  await writeFile(keeper, `#!/bin/sh\n${script}\n`);
  await chmod(keeper, 0o755);
  await buildTemplate({
    template: join(folder, 'tiny.pkr.hcl'),
    folder: join(folder, 'work'),
    binary: keeper,
    env: { PATH: '/usr/bin:/bin' },
    sshKey: { key: createSshKey() },
    seed: { variable: 'seed' },
  });
}

export async function prepareBareBuild(folder: string, tools: Tools): Promise<BareBuild> {
  await mkdir(folder, { recursive: true });
  await copyFile(join(templates, 'tiny.pkr.hcl'), join(folder, 'tiny.pkr.hcl'));
  await keepKeyAndSeed(folder);
  const out = join(folder, 'image', 'tiny.qcow2');
  const variables = {
    out,
    ssh_private_key_file: join(folder, 'ssh-key'),
    seed: join(folder, 'seed.iso'),
    accelerator: 'tcg',
  };
  const flags = Object.entries(variables).flatMap(([name, value]) => ['-var', `${name}=${value}`]);
  const base = tools.base.map((word) => (word === '--var' ? '-var' : word));
  const argv = ['build', '-color=false', ...flags, ...base, 'tiny.pkr.hcl'];
  return {
    argv,
    run: async (signal) => {
      await rm(join(folder, 'image'), { recursive: true, force: true });
      const startedMs = performance.now();
      await execa('packer', argv, {
        cwd: folder,
        extendEnv: false,
        env: {
          PATH: tools.path,
          HOME: folder,
          PACKER_CACHE_DIR: join(folder, 'cache'),
          CHECKPOINT_DISABLE: '1',
        },
        cancelSignal: signal,
      });
      return performance.now() - startedMs;
    },
  };
}
