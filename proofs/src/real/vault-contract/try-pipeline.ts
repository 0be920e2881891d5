import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '@exoship/sandbox';
import { jobPath } from '../../demo/ci-job.ts';
import { demoConfig } from '../../harness/open-ci.ts';
import { createIdTokens } from '../../prove/credentials/id-tokens.ts';
import { type JobEnd, runJob } from '../../prove/credentials/run-job.ts';
import type { RealCheck } from '../real-check.ts';
import type { ContractVault } from './contract-vault.ts';
import { serveIssuer } from './serve-issuer.ts';
import { openWire, type Wire } from './wire.ts';

interface PipelineOptions {
  readonly sandbox: Sandbox;
  /** With a configured engine. */
  readonly vault: ContractVault;
  readonly signal: AbortSignal;
}

/** What an operator and a job do with ci-cli: set Vault up, look what is wrong, run a command with a key. */
export async function tryPipeline(options: PipelineOptions): Promise<readonly RealCheck[]> {
  const { sandbox, vault, signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'exoship-pipeline-'));
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const { must } = openWire(vault.address, new Map(), signal);
  const base = {
    PATH: jobPath,
    HOME: folder,
    TMPDIR: temporary,
    CI: 'true',
    EXOSHIP_CONFIG: demoConfig,
    EXOSHIP_PORT: '8080',
    VAULT_ADDR: vault.address,
    EXOSCALE_ZONE: sandbox.zone,
    EXOSCALE_API_ENDPOINT: sandbox.apiEndpoint,
    EXOSCALE_STORAGE_API_ENDPOINT: sandbox.sosEndpoint,
  };
  const run = async (env: Readonly<Record<string, string>>, ...argv: string[]): Promise<JobEnd> =>
    await runJob(argv, { env: { ...base, ...env }, cwd: folder, temporary });
  try {
    const asAdmin = { VAULT_TOKEN: vault.rootToken };
    const idTokens = createIdTokens();
    await using issuer = await serveIssuer(idTokens);
    const jwt = ['--jwt-issuer', issuer.origin, '--jwt-audience', 'https://vault.example.com'];
    const setup = ['vault', 'setup', ...jwt, '--jwt-project', 'group/hello'];
    const printed = await run(asAdmin, ...setup, '--print');
    const applied = await run(asAdmin, ...setup, '--apply');
    const again = await run(asAdmin, ...setup);
    const env = await jobEnvironment(must, vault.rootToken);
    const before = sandbox.cloud.iam.countKeys().live;
    const doctor = await run(env, 'doctor');
    const work = await run(env, 'exec', '--stage', 'test', '--for', '5m', '--', 'true');
    const exec = ['exec', '--stage', 'deploy', '--', 'true'];
    const claims = { iss: issuer.origin };
    const bound = await run({ VAULT_ID_TOKEN: idTokens.issue(claims) }, ...exec);
    const elsewhere = idTokens.issue({ ...claims, ref_protected: 'false' });
    const refused = await run({ VAULT_ID_TOKEN: elsewhere }, ...exec);
    const left = sandbox.cloud.iam.countKeys().live - before;
    return [
      check('ci-cli vault setup --print', printed, /vault policy write/.test(printed.stdout)),
      check('ci-cli vault setup --apply', applied, /\d+ changed/.test(applied.stderr)),
      check('… and has nothing to do afterwards', again, /as it should be/.test(again.stderr)),
      check('ci-cli doctor', doctor, /nothing is wrong/.test(doctor.stderr)),
      check('ci-cli exec, its key revoked with proof', work, /revoked, proven/.test(work.stderr)),
      check(
        '… with an id token, on a protected branch',
        bound,
        /revoked, proven/.test(bound.stderr),
      ),
      {
        what: '… which is refused on any other branch',
        holds: refused.exitCode === 10,
        seen: `exit code ${refused.exitCode}`,
      },
      { what: 'no key is left', holds: left === 0, seen: `${left} keys left` },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the operator puts into the project's variables and the runner's configuration. */
async function jobEnvironment(
  must: Wire['must'],
  token: string,
): Promise<Readonly<Record<string, string>>> {
  const role = await must('GET', 'auth/approle/role/gitlab-ci-runner/role-id', { token });
  const broker = await must('POST', 'auth/token/create', {
    token,
    body: { policies: ['gitlab-ci-runner-broker'], period: '24h', no_parent: true },
  });
  return {
    VAULT_ROLE_ID: role.body.data.role_id,
    VAULT_TOKEN: broker.body.auth.client_token,
  };
}

function check(what: string, { exitCode, stderr }: JobEnd, isSaid: boolean): RealCheck {
  const holds = exitCode === 0 && isSaid;
  return {
    what,
    holds,
    seen: holds ? 'exit code 0' : `exit code ${exitCode}: ${stderr.slice(-600)}`,
  };
}
