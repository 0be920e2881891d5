type OutputName =
  | 'zone'
  | 'limit'
  | 'instance'
  | 'instanceItem'
  | 'pool'
  | 'poolItem'
  | 'template'
  | 'templateItem'
  | 'securityGroup'
  | 'securityGroupItem'
  | 'instanceType'
  | 'instanceTypeItem'
  | 'sshKey'
  | 'loadBalancer'
  | 'loadBalancerItem'
  | 'service'
  | 'healthCheck'
  | 'healthCheckStatus'
  | 'newKey'
  | 'keyItem'
  | 'roleItem'
  | 'role'
  | 'policy'
  | 'bucketItem'
  | 'newBucket'
  | 'objectItem'
  | 'affinityGroup'
  | 'affinityGroupItem'
  | 'snapshot'
  | 'snapshotItem'
  | 'snapshotExport';

/** The keys of `exo -O json` (1.97), as measured against recorded answers: exactly these, in any order. */
export const outputKeys: Readonly<Record<OutputName, readonly string[]>> = {
  zone: ['name'],
  limit: ['resource', 'used', 'max'],
  instance: [
    'id',
    'name',
    'creation_date',
    'instance_type',
    'template',
    'zone',
    'anti_affinity_groups',
    'deploy_target',
    'security_groups',
    'private-instance',
    'private_networks',
    'elastic_ips',
    'public-ip',
    'ip_address',
    'ipv6_address',
    'ssh_key',
    'disk_size',
    'state',
    'labels',
    'secureboot',
    'tpm',
    'reverse_dns',
    'application_consistent_snapshot_enabled',
  ],
  instanceItem: ['id', 'name', 'zone', 'type', 'ip_address', 'ipv6_address', 'state'],
  pool: [
    'id',
    'name',
    'description',
    'instance_type',
    'template',
    'zone',
    'anti_affinity_groups',
    'security_groups',
    'private_networks',
    'elastic_ips',
    'ipv6',
    'ssh_key',
    'size',
    'disk_size',
    'instance_prefix',
    'state',
    'labels',
    'instances',
  ],
  poolItem: ['id', 'name', 'zone', 'size', 'state'],
  template: [
    'id',
    'zone',
    'name',
    'description',
    'family',
    'creation_date',
    'visibility',
    'size',
    'version',
    'build',
    'maintainer',
    'default_user',
    'ssh_key_enabled',
    'password_enabled',
    'boot_mode',
    'checksum',
    'application_consistent_snapshot_enabled',
  ],
  templateItem: ['id', 'name', 'family', 'creation_date'],
  securityGroup: [
    'id',
    'name',
    'description',
    'external_sources',
    'ingress_rules',
    'egress_rules',
    'instances',
  ],
  securityGroupItem: ['id', 'name', 'visibility'],
  instanceType: ['id', 'family', 'name', 'cpus', 'gpus', 'memory', 'authorized'],
  instanceTypeItem: ['id', 'family', 'name', 'cpus', 'memory', 'authorized'],
  sshKey: ['name', 'fingerprint'],
  loadBalancer: [
    'id',
    'name',
    'description',
    'creation_date',
    'zone',
    'ip_address',
    'state',
    'services',
    'labels',
  ],
  loadBalancerItem: ['id', 'name', 'zone', 'ip_address'],
  service: [
    'id',
    'name',
    'description',
    'instance_pool_id',
    'protocol',
    'port',
    'target_port',
    'strategy',
    'healthcheck',
    'healthcheck_status',
    'state',
  ],
  healthCheck: ['mode', 'port', 'interval', 'timeout', 'retries', 'uri', 'tls_sni'],
  healthCheckStatus: ['instance_ip', 'status'],
  newKey: ['name', 'key', 'secret', 'role-id'],
  keyItem: ['name', 'key', 'role-id'],
  roleItem: ['key', 'name', 'type'],
  role: ['id', 'name', 'description', 'editable', 'labels', 'permission'],
  policy: ['default-service-strategy', 'services'],
  bucketItem: ['name', 'zone', 'size', 'created'],
  newBucket: ['name', 'zone', 'acl', 'cors', 'objectOwnership'],
  affinityGroup: ['id', 'name', 'description', 'instances'],
  affinityGroupItem: ['id', 'name'],
  snapshot: [
    'id',
    'name',
    'creation_date',
    'state',
    'size',
    'instance',
    'zone',
    'application_consistent_snapshot',
  ],
  snapshotItem: ['id', 'creation_date', 'instance', 'state', 'zone'],
  snapshotExport: ['url', 'checksum'],
  objectItem: ['name', 'size', 'last_modified', 'dir', 'version_id', 'version_number'],
};
