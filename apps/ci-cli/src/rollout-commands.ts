import type { Control } from '@exoship/rollout';
import type { Command } from 'commander';
import type { Job } from './job.ts';
import type { Flags } from './load-settings.ts';

export interface CommandKit {
  /** Adds the flags that every command has. */
  readonly shared: (command: Command) => Command;
  readonly on: (
    command: Command,
    action: (flags: Flags, operands: readonly string[]) => Promise<number>,
  ) => Command;
}

const controls: Readonly<Record<Control, string>> = {
  resume: 'Go on with a rollout that is paused, or whose controller died',
  approve: 'Let the rest follow the canaries',
  pause: 'Stop after the next action; nothing is undone',
  abort: 'Give up and go back to the old template',
  rollback: 'Go back to the template before',
  unlock: 'Remove the lease of a controller that is dead',
};

/** `ci-cli rollout …`: look at the rollout of a pool, and take it over. */
export function addRolloutCommands(program: Command, job: Job, { shared, on }: CommandKit): void {
  const rollout = program.command('rollout').description('The rollout of a pool');
  on(
    shared(rollout.command('status').description('Show the pool and what is under way')).option(
      '--watch',
      'again and again, until nothing is under way',
    ),
    async (flags) => await (await import('./commands/rollout-status.ts')).rolloutStatus(job, flags),
  );
  on(
    rollout
      .command('report <events>')
      .description('Draw the events of an earlier rollout as one HTML page')
      .option('--out <file>', 'the page', 'rollout.html'),
    async (flags, operands) =>
      await (await import('./commands/rollout-report.ts')).rolloutReport(job, flags, operands),
  );
  for (const [name, description] of Object.entries(controls) as [Control, string][]) {
    on(
      shared(rollout.command(name).description(description))
        .option('--exclusive', 'the pipeline guarantees that no other controller of this pool runs')
        .option('--events <file>', 'append every event as a line of JSON')
        .option('--report <file>', 'draw the events as one HTML page; needs --events'),
      async (flags) =>
        await (await import('./commands/rollout-control.ts')).controlCommand(job, name, flags),
    );
  }
}
