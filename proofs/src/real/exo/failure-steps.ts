import type { Fault } from '@exoship/sandbox';
import { type ExoCase, type ExoStep, nothing, text, words } from './exo-case.ts';

const zone = 'ch-gva-2';

/** One call of `operation` goes wrong, and `line` makes that call. */
function failing(line: string, fault: Fault, stderr: RegExp, more: Partial<ExoCase> = {}): ExoCase {
  return {
    argv: words(line),
    exitCode: 1,
    stdout: nothing,
    stderr,
    before: ({ sandbox }) => void sandbox.cloud.faults.add(fault),
    ...more,
  };
}

function status(operation: string, code: number, message: string, count = 1): Fault {
  return { kind: 'status', status: code, message, match: { operation }, count };
}

/** Each with an operation of its own, so that they may fail side by side. */
const refusals: ExoStep = () => [
  failing(
    'compute instance-type list',
    status('list-instance-types', 400, 'Invalid parameter'),
    /^error: Bad Request: Invalid parameter/m,
  ),
  failing('compute ssh-key list', status('list-ssh-keys', 401, 'No'), /^error: Unauthorized: No/m),
  failing('limits', status('list-quotas', 403, 'No'), /^error: Forbidden: No/m),
  failing('iam role list', status('list-iam-roles', 404, 'Gone'), /^error: Not Found: Gone/m),
  failing(
    'iam api-key list -O json',
    status('list-api-keys', 409, 'Busy'),
    /^error: Conflict: Busy/m,
  ),
  failing(
    `compute load-balancer show front -z ${zone}`,
    status('list-load-balancers', 501, 'Never'),
    /^error: Not Implemented: Never/m,
  ),
  failing(
    `compute instance-template list -z ${zone}`,
    status('list-templates', 500, 'Trouble', 5),
    /giving up after 5 attempt\(s\)/,
  ),
  failing(
    `compute instance-pool show web -z ${zone}`,
    {
      ...status('list-instance-pools', 429, 'Slow down', 5),
      kind: 'status',
      headers: { 'retry-after': '1' },
    } as Fault,
    /giving up after 5 attempt\(s\)/,
  ),
  failing(
    `compute security-group list`,
    { kind: 'transport', fault: 'cut-before', match: { operation: 'list-security-groups' } },
    /^/,
    { exitCode: 0, stdout: text(/hello/) },
  ),
];

const usage: ExoStep = ({ sandbox }) => [
  ...[
    `vm create test --zone ${zone} --template hello --template-filter mine --security-group hello`,
    'vm delete -f test',
    `instancepool show web -z ${zone}`,
    `instancepool update web --zone ${zone} --size 4 --template hello --template-filter mine`,
  ].map((line) => unknown(line, /unknown command "(vm|instancepool)" for "exo"/)),
  unknown(`compute instance-pool update web -z ${zone} --size 4`, /unknown flag: --size/),
  { argv: words('iam access-key list'), stdout: text(/Usage:/) },
  { argv: words('compute nonsense'), stdout: text(/Usage:/) },
  unknown(`compute instance show ghost -z ${zone}`, /"ghost" not found in zone/),
  {
    argv: words(`compute instance delete -f ghost -z ${zone}`),
    stdout: nothing,
    stderr: /ghost not found/,
  },
  unknown(`compute instance-pool delete -f ghost -z ${zone}`, /Not Found/),
  unknown(`compute instance-pool evict web -z ${zone}`, /Usage|missing|instance/i),
  unknown(`compute instance-pool scale -f web x -z ${zone}`, /invalid value "x"/),
  unknown('compute instance show web-1 -z mars-1', /find zone: "mars-1" not found/),
  {
    argv: words('compute ssh-key list'),
    env: { EXOSCALE_API_SECRET: 'wrong' },
    exitCode: 1,
    stdout: nothing,
    stderr: /^error: (Unauthorized|Forbidden): /m,
  },
  {
    argv: words('compute ssh-key list'),
    env: {
      EXOSCALE_API_KEY: '',
      EXOSCALE_API_SECRET: '',
      EXOSCALE_API_ENDPOINT: sandbox.apiEndpoint,
    },
    exitCode: 1,
    stdout: nothing,
    stderr: /must be configured before usage/,
  },
];

function unknown(line: string, stderr: RegExp): ExoCase {
  return { argv: words(line), exitCode: 1, stdout: text(/^/), stderr };
}

/** An operation that fails at once is no failure to exo: that is why the chain does not rely on its exit code. */
const operations: ExoStep = () => [
  failing(
    `compute instance stop -f web-1 -z ${zone}`,
    {
      kind: 'operation-failure',
      reason: 'conflict',
      message: 'Instance is locked',
      match: { operation: 'stop-instance' },
    },
    /state: failure, reason: "conflict", message: "Instance is locked"/,
  ),
];

export const failureSteps: readonly ExoStep[] = [refusals, usage, operations];
