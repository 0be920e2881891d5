import { Command, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { addCredentialCommands } from './credential-commands.ts';
import { exitCodes } from './exit-codes.ts';
import type { Job } from './job.ts';
import type { Flags } from './load-settings.ts';
import { addRolloutCommands } from './rollout-commands.ts';

export interface Program {
  readonly program: Command;
  /** Set by the command that ran. */
  readonly outcome: { exitCode: number };
}

type Action = (flags: Flags, operands: readonly string[]) => Promise<number>;

/** The command tree. What a command does lives in `commands/`, loaded only when it runs. */
export function createProgram(job: Job): Program {
  const outcome = { exitCode: exitCodes.ok as number };
  const program = new Command('ci-cli')
    .description(manifest.description)
    .version(manifest.version)
    .exitOverride()
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => job.context.stdout.write(text),
      writeErr: (text) => job.context.stderr.write(job.context.redactor.redact(text)),
    })
    .showHelpAfterError('(run with --help for usage)');

  /** Every command gets its flags merged with the global ones, and reports its exit code. */
  const on = (command: Command, action: Action): Command =>
    command.action(async (...parameters: unknown[]) => {
      const self = parameters.at(-1) as Command;
      const flags = self.optsWithGlobals<Flags>();
      if (flags.output === 'json') job.result.format = 'json';
      outcome.exitCode = await action(flags, self.args);
    });

  on(
    shared(program.command('build').description('Build the VM template and register it'))
      .option('--artifact <file>', 'where the hand-over to the next stage goes', ARTIFACT)
      .option('--var <name=value>', 'a variable of the Packer template (repeatable)', collect, [])
      .option('--force', 'build although a template with the same inputs is registered'),
    async (flags) => await (await import('./commands/build.ts')).build(job, flags),
  );
  on(
    shared(program.command('test').description('Boot one instance of the template and check it'))
      .option('--artifact <file>', 'hand-over of `build`; marked as tested afterwards', ARTIFACT)
      .option('--template <id>', 'test this template instead of the artifact’s')
      .option('--junit <file>', 'also write a JUnit report'),
    async (flags) => await (await import('./commands/test.ts')).test(job, flags),
  );
  on(
    shared(
      program.command('deploy').description('Replace the pool’s members by the tested template'),
    )
      .option('--artifact <file>', 'hand-over of `test`', ARTIFACT)
      .option('--template <id>', 'deploy this template; needs --untested')
      .option('--untested', 'deploy although no smoke test has passed')
      .option('--provenance <file>', 'what `build` signed; default: beside the artifact')
      .option('--plan', 'only say what would be done, and what it would cost')
      .option('--strategy <name>', 'double, exponential, batch, one-by-one or canary')
      .option('--exclusive', 'the pipeline guarantees that no other deployment of this pool runs')
      .option('--events <file>', 'append every event as a line of JSON')
      .option('--report <file>', 'draw the events as one HTML page; needs --events'),
    async (flags) => await (await import('./commands/deploy.ts')).deploy(job, flags),
  );
  on(
    shared(program.command('pipeline').description('build, test and deploy in one process'))
      .option('--artifact <file>', 'hand-over between the stages', ARTIFACT)
      .option('--var <name=value>', 'a variable of the Packer template (repeatable)', collect, [])
      .option('--force', 'build although a template with the same inputs is registered')
      .option('--junit <file>', 'also write a JUnit report of the smoke test')
      .option('--strategy <name>', 'double, exponential, batch, one-by-one or canary')
      .option('--exclusive', 'the pipeline guarantees that no other deployment of this pool runs')
      .option('--events <file>', 'append every event as a line of JSON')
      .option('--report <file>', 'draw the events as one HTML page; needs --events'),
    async (flags) => await (await import('./commands/pipeline.ts')).pipeline(job, flags),
  );
  on(
    shared(program.command('exec <command...>').description('Run a command with an API key'))
      .passThroughOptions()
      .option('--stage <stage>', 'whose role the key gets: build, test or deploy', 'deploy')
      .option('--for <duration>', 'refuse at once when the key cannot live that long'),
    async (flags, operands) =>
      await (await import('./commands/exec.ts')).exec(job, flags, operands),
  );
  on(
    shared(program.command('sweep').description('Delete what killed jobs left behind'))
      .option('--older-than <duration>', 'leave alone what is younger', '1h')
      .option('--yes', 'delete; without it only say what would be deleted')
      .option('--dry-run', 'only say what would be deleted (the default without --yes)'),
    async (flags) => await (await import('./commands/sweep.ts')).sweep(job, flags),
  );
  addRolloutCommands(program, job, { shared, on });
  addCredentialCommands(program, job, { shared, on });
  const sandbox = program.command('sandbox').description('A local Exoscale and Vault');
  on(
    sandbox
      .command('up')
      .description('Serve it on loopback until interrupted, and print the environment to export')
      .option('--seed <n>', 'repeat an earlier run’s draws')
      .option('--port <port>', 'where API, Vault and storage listen; 0 is any free one', '0')
      .option('--zone <zone>', 'the zone it serves', 'ch-gva-2')
      .option('--app-port <port>', 'port that instances listen on', '8080')
      .option(
        '--victims <order>',
        'who goes when a pool is scaled down: oldest, newest, random (the default)',
      )
      .option('--observed <file>', 'do as the real cloud was seen to do: an observed.json')
      .option('--speed <factor>', 'how many times as fast the cloud is as its latencies say', '1')
      .option(
        '--latencies <json>',
        'how long the cloud takes: {"bootMs":{"kind":"uniform",…}}',
        '{}',
      )
      .option('--boot-failures <share>', 'of all boots, those that never answer: 0 to 1', '0'),
    async (flags) => await (await import('./commands/sandbox-up.ts')).sandboxUp(job, flags),
  );
  return { program, outcome };
}

const ARTIFACT = 'exoship-artifact.json';

function shared(command: Command): Command {
  return command
    .option('--config <file>', 'exoship.yaml (env EXOSHIP_CONFIG)')
    .option('--app <name>', 'which app of the file (env EXOSHIP_APP)')
    .option('--environment <name>', 'which environment of the file (env EXOSHIP_ENVIRONMENT)')
    .option('--zone <zone>', 'overrides the environment’s zone (env EXOSHIP_ZONE)')
    .option('--pool <name>', 'overrides the environment’s instance pool (env EXOSHIP_POOL)')
    .addOption(new Option('--output <format>', 'stdout').choices(['text', 'json']).default('text'));
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
