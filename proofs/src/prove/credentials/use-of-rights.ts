import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createExoscale, type Exoscale } from '@exoship/exoscale-api';
import { smokeLabels } from '@exoship/smoke';
import { AwsV4Signer } from 'aws4fetch';
import { iamOperations } from '../../../../apps/ci-cli/src/vault-setup/iam-roles.ts';
import { makeWorld } from '../../demo/world.ts';
import { openCi } from '../../harness/open-ci.ts';
import { makeImageFile } from '../exoscale/image-file.ts';

/** What one stage's role allows, against what the chain asked its keys for. */
export interface UseOfRights {
  readonly stage: string;
  readonly allowed: number;
  /** Allowed, and never asked for. */
  readonly unused: readonly string[];
  /** Asked for, and not allowed. */
  readonly missing: readonly string[];
}

type Ci = Awaited<ReturnType<typeof openCi>>;
type Run = (argv: readonly string[], env?: Readonly<Record<string, string>>) => Promise<void>;

const bucket = 'exoship-templates';
const first = { CI_COMMIT_SHA: 'a'.repeat(40) };
const second = { CI_COMMIT_SHA: 'b'.repeat(40) };
/** Two parts of an upload. */
const largeBytes = 12 * 1024 ** 2;

/**
 * Plays the whole chain, what sweeps up after it, and the rarer turns that need a right of their own, each job with a key
 * of its stage's role.
 */
export async function useOfRights(seed: number): Promise<readonly UseOfRights[]> {
  const switches = { evictOfStoppedMember: 'conflict' } as const;
  await using ci = await openCi({ seed, switches });
  const { sandbox } = ci;
  const exoscale = createExoscale({
    zone: sandbox.zone,
    endpoint: sandbox.apiEndpoint,
    credentials: () => sandbox.adminCredentials,
  });
  const run: Run = async (argv, env) => {
    const { exitCode, stderr } = await ci.run(argv, env);
    if (exitCode !== 0) throw new RangeError(`${argv.join(' ')} exited ${exitCode}: ${stderr}`);
  };
  await shipTwice(ci, exoscale, run);
  await buildLarge(ci, run);
  await leaveBehind(ci, exoscale);
  await run(['sweep', '--yes', '--older-than', '1s']);
  return Object.entries(iamOperations).map(([stage, services]) => {
    const allowed = Object.entries(services).flatMap(([service, names]) =>
      names.map((name) => `${service}/${name}`),
    );
    const asked = sandbox.cloud.iam.askedOf(`exoship-${stage}`);
    return {
      stage,
      allowed: allowed.length,
      unused: allowed.filter((one) => !asked.has(one)),
      missing: [...asked].filter((one) => !allowed.includes(one)),
    };
  });
}

/** A pool of the first version, and a deployment that drains its members by stopping them. */
async function shipTwice({ appPort, sandbox }: Ci, exoscale: Exoscale, run: Run): Promise<void> {
  await run(['build', '--artifact', 'a.json'], first);
  const [template] = await exoscale.templates.list({ visibility: 'private' });
  const signal = AbortSignal.timeout(60_000);
  const made = { templateId: template?.id ?? '', poolSize: 1, appPort, sandbox, signal };
  await makeWorld(exoscale, made);
  await run(['build', '--artifact', 'b.json'], second);
  await run(['test', '--artifact', 'b.json'], second);
  await run(['deploy', '--artifact', 'b.json'], second);
}

/** An image that goes up in parts. */
async function buildLarge({ folder }: Ci, run: Run): Promise<void> {
  const image = join(folder, 'large.qcow2');
  await makeImageFile(image, largeBytes, 'large');
  const config = join(folder, 'large.yaml');
  await writeFile(
    config,
    `version: 1
apps:
  hello:
    build:
      withoutPacker: [cp, ${image}, "\${artifact}"]
      artifact: large.qcow2
      inputs: [large.yaml]
      bucket: ${bucket}
    test: { instanceType: standard.tiny, port: 8080, checks: [{ path: /, status: 200 }] }
environments:
  sandbox:
    zone: ch-gva-2
    pool: hello-app
    vault:
      appRole: gitlab-ci-runner
      roles: { build: exoship-build, test: exoship-test, deploy: exoship-deploy }
`,
  );
  const env = { CI_COMMIT_SHA: 'c'.repeat(40), EXOSHIP_CONFIG: config };
  await run(['build', '--artifact', 'large.json'], env);
}

/** As jobs that were killed would have: an upload that is still open, and an instance that has expired. */
async function leaveBehind({ sandbox }: Ci, exoscale: Exoscale): Promise<void> {
  const { sosEndpoint, zone, adminCredentials } = sandbox;
  const { url, headers, method } = await new AwsV4Signer({
    method: 'POST',
    url: `${sosEndpoint}/${bucket}/exoship-import/left.qcow2?uploads`,
    accessKeyId: adminCredentials.key,
    secretAccessKey: adminCredentials.secret.reveal(),
    service: 's3',
    region: zone,
  }).sign();
  const answer = await fetch(url, { method, headers });
  if (!answer.ok) throw new RangeError(`No upload was opened: ${await answer.text()}`);
  const [template] = await exoscale.templates.list({ visibility: 'private' });
  const type = await exoscale.instanceTypes.find('standard.tiny');
  const expiresAt = new Date(Date.now() - 1_000);
  await exoscale.instances.create({
    name: 'left',
    templateId: template?.id ?? '',
    instanceTypeId: type?.id ?? '',
    diskSizeGib: 10,
    labels: smokeLabels({ smokeId: 'left', expiresAt }),
  });
  await delay(1_500);
}

/** What is too much or too little. */
export function rightsProblems(stages: readonly UseOfRights[]): readonly string[] {
  return stages.flatMap(({ stage, unused, missing }) => [
    ...unused.map((operation) => `the role of ${stage} allows ${operation}, which nothing uses`),
    ...missing.map((operation) => `the role of ${stage} lacks ${operation}`),
  ]);
}
