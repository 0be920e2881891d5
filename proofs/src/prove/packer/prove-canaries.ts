import { type Canary, createCanary } from './canary.ts';
import { openGround, outVariable } from './ground.ts';
import { type Hits, lookAt } from './look-at.ts';
import type { Tools } from './tools.ts';

export interface CanariesProof {
  readonly tools: string;
  readonly canaries: readonly string[];
  readonly commandLines: number;
  /** Files that held a canary while the build ran, out of others' reach; gone afterwards. */
  readonly privateFiles: number;
  readonly hits: Hits;
  /** Of a build that leaks on purpose. */
  readonly plantedHits: Hits;
  readonly violations: readonly string[];
}

export async function proveCanaries(
  seed: number,
  tools: Tools,
  say: (line: string) => void,
): Promise<CanariesProof> {
  await using ground = await openGround(seed, tools);
  const [variable, password, environment] = ['variable', 'password', 'environment'].map(
    createCanary,
  ) as [Canary, Canary, Canary];
  const canaries = [variable, password, environment];
  const env = {
    CANARY_VARIABLE: variable.value,
    CANARY_PASSWORD: password.value,
    CANARY_ENVIRONMENT: environment.value,
    EXOSCALE_API_SECRET: environment.value,
    PKR_VAR_token: environment.value,
  };
  const careful = await lookAt(ground, canaries, {
    change: {
      env,
      build: `${outVariable}      secretVariables: { token: "env:CANARY_VARIABLE", password: "env:CANARY_PASSWORD" }\n`,
      machine: 'userData: user-data.yaml',
    },
    argv: ['build', '--output', 'json', ...tools.base],
  });
  const planted = await lookAt(ground, canaries, {
    change: {
      env,
      template: 'local.pkr.hcl',
      machine: null,
      build: outVariable,
    },
    argv: [
      'build',
      '--output',
      'json',
      '--var',
      `token=${variable.value}`,
      '--var',
      'command=echo it is $TOKEN; echo $TOKEN >"$LC_LEAK"; sleep 1',
    ],
  });
  const total = Object.values(careful.hits).reduce((sum, hits) => sum + hits, 0);
  say(
    `canaries: ${total} hits in output, ${careful.commandLines} command lines and files; ${careful.privateFiles} private files held one; planted: ${JSON.stringify(planted.hits)}`,
  );
  return {
    tools: tools.description,
    canaries: canaries.map(({ kind }) => kind),
    commandLines: careful.commandLines,
    privateFiles: careful.privateFiles,
    hits: careful.hits,
    plantedHits: planted.hits,
    violations: [
      ...careful.violations,
      ...(careful.exitCode === 0 ? [] : [`exit code ${careful.exitCode}: ${careful.tail}`]),
      // The stand-in prints nothing that it was given.
      ...Object.entries(tools.isReal ? planted.hits : {})
        .filter(([, hits]) => hits === 0)
        .map(([place]) => `a leak planted in ${place} is not found`),
    ],
  };
}
