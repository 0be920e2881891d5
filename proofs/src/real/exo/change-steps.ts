import { type ExoCase, type ExoStep, nothing, object, text, words } from './exo-case.ts';
import { outputKeys as keys } from './output-keys.ts';

const zone = 'ch-gva-2';

function json(line: string, stdout: ExoCase['stdout']): ExoCase {
  return { argv: [...words(line), '-O', 'json'], stdout };
}

/** The article's pipeline in the words of today: boot one of the new image, look at it, delete it, replace the pool. */
const articleTest: ExoStep = () => [
  json(
    `compute instance create test-1 -z ${zone} --template hello-b --template-visibility private --security-group hello --ssh-key deploy --instance-type standard.tiny --disk-size 10`,
    object(keys.instance),
  ),
];
const articleLook: ExoStep = () => [
  {
    argv: [
      ...words(`-O text --output-template {{.IPAddress}}`),
      ...words(`compute instance show test-1 -z ${zone}`),
    ],
    stdout: text(/^127\./),
  },
  json(`compute instance-pool show web -z ${zone}`, object(keys.pool)),
];
const articleClean: ExoStep = () => [
  { argv: words(`compute instance delete -f test-1 -z ${zone}`), stdout: nothing },
];
const articleTemplate: ExoStep = () => [
  json(
    `compute instance-pool update web -z ${zone} --template hello-b --template-visibility private`,
    object(keys.pool),
  ),
];
const articleDouble: ExoStep = () => [
  { argv: words(`-Q compute instance-pool scale -f web 4 -z ${zone}`), stdout: nothing },
];
const articleHalve: ExoStep = () => [
  json(`compute instance-pool scale -f web 2 -z ${zone}`, object(keys.pool)),
];

const rename: ExoStep = () => [
  json(
    `compute instance-pool update web -z ${zone} --description renamed --label app=web,tier=front`,
    object(keys.pool),
  ),
  json(`compute instance update web-1 -z ${zone} --label app=none`, object(keys.instance)),
  json(
    `compute load-balancer update front -z ${zone} --description door`,
    object(keys.loadBalancer),
  ),
];
const stop: ExoStep = () => [
  json(`compute instance stop -f web-1 -z ${zone}`, object(keys.instance)),
  json(
    `compute load-balancer service update front http -z ${zone} --healthcheck-retries 3`,
    object(keys.service, { healthcheck: keys.healthCheck }),
  ),
];
const start: ExoStep = () => [
  json(`compute instance start -f web-1 -z ${zone}`, object(keys.instance)),
  {
    argv: words(`compute instance delete web-1 -z ${zone}`),
    stdin: 'n\n',
    stdout: text(/\[yN\]/),
  },
];
const reboot: ExoStep = () => [
  json(`compute instance reboot -f web-1 -z ${zone}`, object(keys.instance)),
];
const raw: ExoStep = ({ sandbox: { cloud } }) => [
  {
    argv: words(`x scale-instance-pool ${cloud.pools.list(zone)[0]?.id} -z ${zone}`),
    stdin: '{"size":3}',
    stdout: object(['id', 'state', 'reference'], { reference: ['id', 'link', 'command'] }),
  },
];
const evict: ExoStep = ({ sandbox: { cloud } }) => {
  const victim = cloud.snapshot().pools[0]?.members[0]?.name;
  return [json(`compute instance-pool evict -f web ${victim} -z ${zone}`, object(keys.pool))];
};

export const changeSteps: readonly ExoStep[] = [
  articleTest,
  articleLook,
  articleClean,
  articleTemplate,
  articleDouble,
  articleHalve,
  rename,
  stop,
  start,
  reboot,
  raw,
  evict,
];

const exportDisk: ExoStep = ({ sandbox: { cloud } }) => {
  const id = cloud.snapshots.list(zone)[0]?.id ?? '';
  return [
    {
      argv: words(`compute instance snapshot export ${id} -z ${zone} -O json`),
      stdout: object(keys.snapshotExport),
    },
  ];
};
const dropSnapshot: ExoStep = ({ sandbox: { cloud } }) => {
  const id = cloud.snapshots.list(zone)[0]?.id ?? '';
  return [
    { argv: words(`compute instance snapshot delete -f ${id} -z ${zone}`), stdout: nothing },
    { argv: words('iam role delete -f auditor'), stdout: nothing },
  ];
};
const unserve: ExoStep = () => [
  { argv: words(`compute load-balancer service delete -f front http -z ${zone}`), stdout: nothing },
  { argv: words(`compute instance delete web-1 -z ${zone}`), stdin: 'y\n', stdout: text(/\[yN\]/) },
  { argv: words('iam api-key delete -f ci'), stdout: nothing },
  { argv: words('storage delete -f -r sos://images/'), stdout: text(/^/) },
];
const remove: ExoStep = () => [
  { argv: words(`compute load-balancer delete -f front -z ${zone}`), stdout: nothing },
  { argv: words(`compute instance-pool delete -f web -z ${zone}`), stdout: nothing },
  { argv: words('compute ssh-key delete -f deploy'), stdout: nothing },
  { argv: words(`compute instance-template delete -f hello-a -z ${zone}`), stdout: nothing },
  { argv: words('storage rb -f sos://images'), stdout: text(/deleted successfully/) },
];
const removeGroup: ExoStep = () => [
  { argv: words('compute security-group delete -f web'), stdout: nothing },
  { argv: words('compute anti-affinity-group delete -f apart'), stdout: nothing },
];

export const removeSteps: readonly ExoStep[] = [
  exportDisk,
  dropSnapshot,
  unserve,
  remove,
  removeGroup,
];
