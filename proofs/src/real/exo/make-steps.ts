import { type ExoCase, type ExoStep, nothing, object, text, words } from './exo-case.ts';
import { outputKeys as keys } from './output-keys.ts';

const zone = 'ch-gva-2';
const template = '--template hello-a --template-visibility private --instance-type standard.tiny';
const where = `--disk-size 10 --security-group hello --ssh-key deploy -z ${zone}`;

function json(line: string, stdout: ExoCase['stdout']): ExoCase {
  return { argv: [...words(line), '-O', 'json'], stdout };
}

const prepare: ExoStep = () => [
  json('compute ssh-key register deploy key.pub', object(keys.sshKey)),
  json('compute security-group create web --description front', object(keys.securityGroup)),
  json('compute anti-affinity-group create apart --description d', object(keys.affinityGroup)),
  {
    ...json('iam role create auditor --policy -', object(keys.role)),
    stdin: '{"default-service-strategy":"deny","services":{}}',
  },
  json('iam api-key create ci exoship-deploy', object(keys.newKey)),
  json(`storage mb sos://images -z ${zone}`, object(keys.newBucket)),
];

const upload: ExoStep = () => [
  {
    argv: words('storage upload --acl public-read bundle-a.tar.gz bundle-b.tar.gz sos://images/'),
    stdout: text(/^/),
  },
  json(
    'compute security-group rule add web --protocol tcp --port 8080 --network 0.0.0.0/0',
    object(keys.securityGroup),
  ),
];

const register: ExoStep = ({ sandbox: { sosEndpoint }, checksums }) => [
  json(
    `compute instance-template register hello-a ${sosEndpoint}/images/bundle-a.tar.gz ${checksums.a} -z ${zone}`,
    object(keys.template),
  ),
  json(
    `compute instance-template register hello-b ${sosEndpoint}/images/bundle-b.tar.gz ${checksums.b} --boot-mode uefi --description "second version" --username debian --version 2 --build 7 --maintainer us -z ${zone}`,
    object(keys.template),
  ),
  {
    argv: words(
      `compute instance-template register broken ${sosEndpoint}/images/bundle-b.tar.gz ${checksums.a} -z ${zone} -O json`,
    ),
    exitCode: 1,
    stdout: nothing,
    stderr: /state: failure, reason: "incorrect"/,
  },
];

const create: ExoStep = () => [
  json(
    `compute instance create web-1 ${template} ${where} --cloud-init user-data.sh --label app=web,tier=front --anti-affinity-group apart`,
    object(keys.instance),
  ),
  json(
    `compute instance-pool create web --size 2 ${template} ${where} --instance-prefix web --description members --label app=web`,
    object(keys.pool),
  ),
  json(
    `compute load-balancer create front --description entry -z ${zone}`,
    object(keys.loadBalancer),
  ),
];

const serve: ExoStep = ({ appPort }) => [
  json(`compute instance snapshot create web-1 -z ${zone}`, object(keys.snapshot)),
  json(
    `compute load-balancer service add front http --instance-pool web --port ${appPort} --healthcheck-mode http --healthcheck-uri /healthz --healthcheck-interval 5 --healthcheck-timeout 2 -z ${zone}`,
    object(keys.service, { healthcheck: keys.healthCheck }),
  ),
];

export const makeSteps: readonly ExoStep[] = [prepare, upload, register, create, serve];
