import { z } from 'zod';
import { type CheckConfig, checkSchema } from './check-schema.ts';
import { duration, name, port, wholeNumber } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** The one disposable instance that `ci-cli test` boots, and what it is asked. */
export interface TestConfig {
  readonly instanceType: string;
  readonly diskSizeGib: number;
  readonly securityGroups: readonly string[];
  readonly port: number;
  readonly checks: readonly CheckConfig[];
  readonly tls?: TlsConfig | undefined;
  readonly requestTimeoutMs: number;
  readonly bootTimeoutMs: number;
  readonly readinessTimeoutMs: number;
  readonly intervalMs: number;
  readonly stability: { readonly windowMs: number; readonly rounds: number };
}

/** The checks speak TLS. */
interface TlsConfig {
  readonly serverName?: string | undefined;
  readonly verify: boolean;
}

const tlsSchema = z.strictObject({
  serverName: name.optional().describe('Name asked for (SNI) and expected in the certificate'),
  verify: z.boolean().prefault(true).describe('`false` accepts any certificate'),
});

const stabilitySchema = z
  .strictObject({
    window: duration.prefault('10s').describe('Time over which the rounds are spread'),
    rounds: wholeNumber(1, 1000).prefault(3).describe('Rounds in which every check must pass'),
  })
  .transform((stability) => inMilliseconds(stability, 'window'));

const testShape = {
  instanceType: name.prefault('standard.tiny').describe('Instance type of the test instance'),
  diskSize: wholeNumber(10, 51_200).prefault(10).describe('Its disk in GiB'),
  securityGroups: z
    .array(name)
    .prefault([])
    .describe('Its security groups, by name; one must let the runner reach the port'),
  port: port.describe('Port of the app, for the checks of `test` and of the gate'),
  checks: z
    .array(checkSchema)
    .min(1, { error: 'Expected at least one check' })
    .describe('All must pass: after boot, in every round, and at the gate of `deploy`'),
  tls: tlsSchema.optional().describe('Present: the checks speak TLS'),
  requestTimeout: duration.prefault('5s').describe('Longest wait for one complete answer'),
  bootTimeout: duration
    .prefault('5m')
    .describe('From the create call until it runs and has an address'),
  readinessTimeout: duration
    .prefault('5m')
    .describe('From then until all checks pass for the first time'),
  interval: duration.prefault('2s').describe('Pause between two looks'),
  stability: stabilitySchema.prefault({}).describe('What follows readiness'),
};

export const testSchema: z.ZodType<TestConfig> = z
  .strictObject(testShape)
  .superRefine(({ checks }, context) => {
    const names = checks.map((check) => check.name);
    for (const [index, name] of names.entries()) {
      if (name !== undefined && names.indexOf(name) < index) {
        const message = `Expected another name, as there is a check "${name}" above`;
        context.addIssue({ code: 'custom', path: ['checks', index, 'name'], message });
      }
    }
  })
  .transform(({ diskSize, ...test }) => ({
    diskSizeGib: diskSize,
    ...inMilliseconds(test, 'requestTimeout', 'bootTimeout', 'readinessTimeout', 'interval'),
  }));
