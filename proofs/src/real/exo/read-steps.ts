import { type ExoCase, type ExoStep, list, object, text, words } from './exo-case.ts';
import { outputKeys as keys } from './output-keys.ts';

const zone = 'ch-gva-2';

function json(line: string, stdout: ExoCase['stdout']): ExoCase {
  return { argv: [...words(line), '-O', 'json'], stdout };
}

/** What an account shows in which nothing has been made yet. */
const emptyAccount: ExoStep = () => [
  { argv: ['version'], stdout: text(/^exo /) },
  json('zone', list(keys.zone, 8)),
  json('limits', list(keys.limit, 4)),
  json('compute instance list', list(keys.instanceItem, 0)),
  json('compute instance-pool list', list(keys.poolItem, 0)),
  json('compute load-balancer list', list(keys.loadBalancerItem, 0)),
  json('compute instance-template list', list(keys.templateItem, 0)),
  json('compute instance-type list', list(keys.instanceTypeItem, 11)),
  json('compute instance-type show standard.tiny', object(keys.instanceType)),
  json('compute ssh-key list', list(keys.sshKey, 0)),
  json('compute security-group list', list(keys.securityGroupItem)),
  json('compute security-group list --visibility public', list(keys.securityGroupItem, 0)),
  json('compute security-group show hello', object(keys.securityGroup)),
  json('compute anti-affinity-group list', list(keys.affinityGroupItem, 0)),
  json('compute instance snapshot list', list(keys.snapshotItem, 0)),
  json('compute private-network list', list([], 0)),
  json('compute elastic-ip list', list([], 0)),
  json('compute deploy-target list', list([], 0)),
  json('compute instance-template show "Linux Ubuntu 24.04 LTS 64-bit"', object(keys.template)),
  json('iam role list', list(keys.roleItem, 3)),
  json('iam role show exoship-deploy', object(keys.role)),
  json('iam role show exoship-deploy --policy', object(keys.policy)),
  json('iam api-key list', list(keys.keyItem, 0)),
  json('storage list', list(keys.bucketItem, 0)),
];

/** Everything that was made, looked at in every way that there is. */
const fullAccount: ExoStep = ({ sandbox: { cloud } }) => {
  const instance = cloud.instances.list({ zone }).find(({ name }) => name === 'web-1');
  const { id = '' } = instance ?? {};
  const snapshot = cloud.snapshots.list(zone)[0]?.id ?? '';
  const pool = cloud.pools.list(zone).find(({ name }) => name === 'web')?.id ?? '';
  return [
    json(`compute instance list -z ${zone}`, list(keys.instanceItem, 3)),
    json(`compute instance show web-1 -z ${zone}`, object(keys.instance)),
    json(`compute instance show ${id} -z ${zone}`, object(keys.instance)),
    {
      argv: words(`compute instance show web-1 -z ${zone} -u`),
      stdout: text(/^$/),
      stderr: /GREETING=hello/,
    },
    {
      argv: words(`compute instance show web-1 -z ${zone} --output-template {{.IPAddress}}`),
      stdout: text(/^127\.\d+\.\d+\.\d+$/),
    },
    {
      argv: words(`compute instance show web-1 -z ${zone} --output-template {{.Nonsense}}`),
      exitCode: 1,
      stdout: text(/^/),
    },
    json(`compute instance-pool list -z ${zone}`, list(keys.poolItem)),
    json(`compute instance-pool show web -z ${zone}`, object(keys.pool)),
    json(`compute instance-template list -v private -z ${zone}`, list(keys.templateItem, 2)),
    json(`compute instance-template show hello-b -v private -z ${zone}`, object(keys.template)),
    json(`compute load-balancer list -z ${zone}`, list(keys.loadBalancerItem)),
    json(`compute load-balancer show front -z ${zone}`, object(keys.loadBalancer)),
    json(
      `compute load-balancer service show front http -z ${zone}`,
      object(keys.service, {
        healthcheck: keys.healthCheck,
        healthcheck_status: keys.healthCheckStatus,
      }),
    ),
    json('compute anti-affinity-group list', list(keys.affinityGroupItem)),
    json('compute anti-affinity-group show apart', object(keys.affinityGroup)),
    json(`compute instance snapshot list -z ${zone}`, list(keys.snapshotItem)),
    json(`compute instance snapshot show ${snapshot} -z ${zone}`, object(keys.snapshot)),
    json('iam role show auditor', object(keys.role)),
    json('compute security-group show web', object(keys.securityGroup)),
    json('compute ssh-key show deploy', object(keys.sshKey)),
    json('iam api-key list', list(keys.keyItem)),
    json('storage list', list(keys.bucketItem)),
    json('storage list images', list(keys.objectItem, 2)),
    { argv: words('storage presign sos://images/bundle-a.tar.gz'), stdout: text(/^http\S+$/m) },
    {
      argv: words(`x list-instances --manager-id ${pool} --manager-type instance-pool -z ${zone}`),
      stdout: object(['instances']),
    },
    {
      argv: words(`x get-instance-pool ${pool} -z ${zone}`),
      stdout: text(/"instance-prefix"/),
    },
  ];
};

export const emptyAccountSteps: readonly ExoStep[] = [emptyAccount];
export const fullAccountSteps: readonly ExoStep[] = [fullAccount];
