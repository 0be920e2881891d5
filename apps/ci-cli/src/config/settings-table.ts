/** One setting that a job may override, and by what. */
export interface SettingSource {
  /** Flag as it is typed; absent when there is none. */
  readonly flag?: `--${string}`;
  /** Variables in order of precedence; an empty one counts as unset. */
  readonly variables: readonly string[];
  /** Key in exoship.yaml; absent when it cannot be set there. */
  readonly key?: string;
  readonly description: string;
}

export type SettingName =
  | 'config'
  | 'app'
  | 'environment'
  | 'zone'
  | 'pool'
  | 'port'
  | 'strategy'
  | 'provenanceKey'
  | 'vaultAddress'
  | 'vaultNamespace'
  | 'vaultCaFile'
  | 'vaultServerName'
  | 'vaultClientCert'
  | 'vaultClientKey'
  | 'vaultRoleId'
  | 'apiEndpoint';

/** Precedence is flag, then variable, then file, then default. No secret is among them. */
export const settingsTable: Readonly<Record<SettingName, SettingSource>> = {
  config: {
    flag: '--config',
    variables: ['EXOSHIP_CONFIG'],
    description: 'The file itself; default: `exoship.yaml` in the current folder',
  },
  app: {
    flag: '--app',
    variables: ['EXOSHIP_APP'],
    description: 'Which of `apps`; default: the only one',
  },
  environment: {
    flag: '--environment',
    variables: ['EXOSHIP_ENVIRONMENT'],
    description: 'Which of `environments`; default: the only one',
  },
  zone: {
    flag: '--zone',
    variables: ['EXOSHIP_ZONE', 'EXOSCALE_ZONE'],
    key: 'environments.*.zone',
    description: 'Exoscale zone',
  },
  pool: {
    flag: '--pool',
    variables: ['EXOSHIP_POOL'],
    key: 'environments.*.pool',
    description: 'Instance pool, by name or id',
  },
  port: {
    variables: ['EXOSHIP_PORT'],
    key: 'apps.*.test.port',
    description: 'Port of the app',
  },
  strategy: {
    flag: '--strategy',
    variables: ['EXOSHIP_STRATEGY'],
    key: 'apps.*.deploy.strategy.kind',
    description:
      'Kind of strategy; the keys of another kind than that of the file get their defaults',
  },
  provenanceKey: {
    variables: ['EXOSHIP_PROVENANCE_KEY'],
    key: 'apps.*.build.provenance.keyFile',
    description: 'File with the private key that signs the provenance',
  },
  vaultAddress: {
    variables: ['VAULT_ADDR'],
    key: 'environments.*.vault.address',
    description: 'URL of Vault',
  },
  vaultNamespace: {
    variables: ['VAULT_NAMESPACE'],
    key: 'environments.*.vault.namespace',
    description: 'Vault namespace',
  },
  vaultCaFile: {
    variables: ['VAULT_CACERT'],
    key: 'environments.*.vault.caFile',
    description: "PEM of the authority of Vault's certificate",
  },
  vaultServerName: {
    variables: ['VAULT_TLS_SERVER_NAME'],
    key: 'environments.*.vault.tls.serverName',
    description: "Name in Vault's certificate",
  },
  vaultClientCert: {
    variables: ['VAULT_CLIENT_CERT'],
    key: 'environments.*.vault.tls.clientCertFile',
    description: 'PEM of our certificate',
  },
  vaultClientKey: {
    variables: ['VAULT_CLIENT_KEY'],
    key: 'environments.*.vault.tls.clientKeyFile',
    description: 'PEM of its key',
  },
  vaultRoleId: {
    variables: ['VAULT_ROLE_ID'],
    description: 'Role id of the AppRole; lives on the runner',
  },
  apiEndpoint: {
    variables: ['EXOSCALE_API_ENDPOINT'],
    description: 'Where the zones are asked for; default: the public API. For the sandbox',
  },
};
