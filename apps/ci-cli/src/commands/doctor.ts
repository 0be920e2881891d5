import { CliError } from '../cli-error.ts';
import { chooseIdentity } from '../credentials/choose-identity.ts';
import { refuseExposure } from '../credentials/refuse-exposure.ts';
import { checkBroker } from '../doctor/check-broker.ts';
import { checkSession } from '../doctor/check-session.ts';
import { checkTools } from '../doctor/check-tools.ts';
import { checkVault } from '../doctor/check-vault.ts';
import { type Finding, fail } from '../doctor/finding.ts';
import { exitCodes } from '../exit-codes.ts';
import { toFailure } from '../failure.ts';
import type { Job } from '../job.ts';
import { type Flags, keySourceOf, loadSettings, type Stage } from '../load-settings.ts';
import type { KeySource } from '../wiring/key-source.ts';

const stages: readonly Stage[] = ['build', 'test', 'deploy'];

/** Looks at everything that a job will need, from outside in, and says what is wrong and how to mend it. */
export async function doctor(job: Job, flags: Flags): Promise<number> {
  refuseExposure(job);
  const settings = await loadSettings(job, flags);
  const sources = stages.map((stage) => keySourceOf(settings, stage));
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]): void => {
    for (const finding of found) tell(job, finding);
    findings.push(...found);
  };
  add(await checkTools(job.context.env));
  const [first] = sources;
  if (first !== undefined) {
    const vault = await checkVault(job, first);
    add(vault);
    if (vault.every(({ verdict }) => verdict !== 'fail')) {
      for (const source of sources) add(await checkIdentity(job, source, source === first));
    }
  }
  job.result.findings = findings;
  const failed = findings.filter(({ verdict }) => verdict === 'fail').length;
  if (failed === 0) {
    job.progress.line('nothing is wrong that a job would fail of');
    return exitCodes.ok;
  }
  throw new CliError(`${failed} of ${findings.length} findings would make a job fail`, {
    exitCode: exitCodes.refused,
    remedy: 'Mend what is marked "fail" above',
  });
}

/** The broker's token is the same for all stages; what a login may do is not. */
async function checkIdentity(
  job: Job,
  source: KeySource,
  isFirst: boolean,
): Promise<readonly Finding[]> {
  try {
    const identity = await chooseIdentity(job, source);
    const broker =
      isFirst && identity.kind === 'broker' ? await checkBroker(job, source, identity) : [];
    const session = await checkSession(job, source, identity);
    const named = session.map((finding) => ({
      ...finding,
      what: `${source.stage} ${finding.what}`,
    }));
    return [...broker, ...named];
  } catch (error) {
    const { message, remedy } = toFailure(error);
    return [fail(`${source.stage} identity`, message, remedy ?? 'See docs/credentials.md')];
  }
}

function tell({ progress }: Job, { what, verdict, detail, mend }: Finding): void {
  progress.line(`${verdict.padEnd(4)}  ${what}: ${detail}`);
  if (mend !== undefined) progress.line(`      → ${mend}`);
}
