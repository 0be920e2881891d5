import { expect, test } from 'vitest';
import type { PackerEvent } from '../src/index.ts';
import { createTranscript } from '../src/transcript.ts';
import { readLog } from './build-folder.ts';

const nothingKnown = { elapsedMs: 0, phaseExpectedMs: undefined, restExpectedMs: undefined };

function phasesOf(log: string): string[] {
  const phases: string[] = [];
  const emit = (event: Omit<PackerEvent, 'at'> & { phase?: string; build?: string }): void => {
    if (event.type === 'phase-entered') phases.push(`${event.build} ${event.phase}`);
  };
  const transcript = createTranscript({ redact: (text) => text, emit, enter: () => nothingKnown });
  for (const line of readLog(log).split('\n')) transcript.accept(line);
  return phases;
}

test('the phases of a build are told in order, each when it is entered', () => {
  const phases = [
    'fetching',
    'booting',
    'connecting',
    'provisioning',
    'halting',
    'converting',
    'post-processing',
    'finished',
  ];
  expect(phasesOf('build-ok')).toEqual(phases.map((phase) => `hello ${phase}`));
});

test('the phases are told in the words of Packer 1.16 too', () => {
  const common = ['fetching', 'booting', 'connecting', 'provisioning'];
  const phases = (rest: string[]): string[] =>
    [...common, ...rest].map((phase) => `qemu.hello ${phase}`);
  expect(phasesOf('build-ok-hello-1.16')).toEqual(
    phases(['halting', 'post-processing', 'finished']),
  );
  expect(phasesOf('build-fail-provisioner-1.16')).toEqual(phases(['cleaning-up', 'failed']));
});

test('the phases of an HCL2 build carry its long name', () => {
  expect(phasesOf('build-ok-hcl2')).toContain('qemu.hello provisioning');
});

test.for([
  ['build-fail-ssh-timeout', ['fetching', 'booting', 'connecting', 'cleaning-up', 'failed']],
  ['build-cancelled-sigterm', ['fetching', 'booting', 'cleaning-up', 'failed']],
  ['build-fail-port-busy', ['fetching', 'cleaning-up', 'failed']],
] as const)('%s ends in its failure', ([log, phases]) => {
  expect(phasesOf(log)).toEqual(phases.map((phase) => `hello ${phase}`));
});

test('builds of one template have phases of their own', () => {
  expect(phasesOf('build-fail-one-of-two')).toEqual([
    'good finished',
    'bad provisioning',
    'bad cleaning-up',
    'bad failed',
  ]);
});
