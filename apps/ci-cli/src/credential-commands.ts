import type { Command } from 'commander';
import type { Job } from './job.ts';
import type { CommandKit } from './rollout-commands.ts';

/** `ci-cli doctor`, `ci-cli vault setup`, `ci-cli keys audit`: for whoever looks after the credentials. */
export function addCredentialCommands(
  program: Command,
  job: Job,
  { shared, on }: CommandKit,
): void {
  on(
    shared(
      program.command('doctor').description('Say what a job would fail of, and how to mend it'),
    ),
    async (flags) => await (await import('./commands/doctor.ts')).doctor(job, flags),
  );
  const vault = program.command('vault').description('The Vault behind the pipeline');
  on(
    shared(vault.command('setup').description('Say what Vault lacks for the pipeline'))
      .option('--apply', 'put it there; VAULT_TOKEN is that of an administrator')
      .option('--print', 'only print it, as HCL and lines for a shell; needs no Vault')
      .option('--key-ttl <duration>', 'life of an API key', '15m')
      .option('--key-max-ttl <duration>', 'how far it can be renewed', '1h')
      .option('--token-max-ttl <duration>', 'how long a job’s token may live', '2h')
      .option('--jwt-issuer <url>', 'who signs the JWTs of jobs, such as https://gitlab.com')
      .option('--jwt-audience <text>', 'whom they are meant for, as `aud` under `id_tokens`')
      .option('--jwt-project <path>', 'group/project whose jobs may log in'),
    async (flags) => await (await import('./commands/vault-setup.ts')).vaultSetup(job, flags),
  );
  const keys = program.command('keys').description('API keys that Vault has made');
  on(
    shared(keys.command('audit').description('Find keys that no lease knows any more'))
      .requiredOption('--role <name>', 'engine role that may list (and delete) API keys')
      .option('--older-than <duration>', 'longer than any lease may live', '24h')
      .option('--delete', 'delete them; without it only say what would be deleted'),
    async (flags) => await (await import('./commands/keys-audit.ts')).keysAudit(job, flags),
  );
}
