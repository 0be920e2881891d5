export interface HealthCheck {
  readonly mode: 'tcp' | 'http' | 'https';
  readonly port: number;
  readonly uri?: string | undefined;
  readonly tlsSni?: string | undefined;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in a row after which a member leaves the rotation. */
  readonly retries: number;
}

export interface ServiceDetails {
  readonly name: string;
  readonly description: string;
  readonly poolId: string;
  /** Where clients connect. */
  readonly port: number;
  /** Where members listen. */
  readonly targetPort: number;
  readonly protocol: 'tcp' | 'udp';
  readonly strategy: 'round-robin' | 'source-hash' | 'maglev-hash';
  readonly healthCheck: HealthCheck;
}

export interface Service extends ServiceDetails {
  readonly id: string;
  readonly state: 'creating' | 'running' | 'updating' | 'deleting';
}

/** One line of `healthcheck-status`; a member that was not probed yet has none. */
export interface HealthStatus {
  readonly instanceId: string;
  readonly address: string;
  readonly status: 'success' | 'failure';
}

export interface LoadBalancer {
  readonly id: string;
  readonly zone: string;
  readonly name: string;
  readonly description: string;
  readonly address: string;
  readonly state: 'creating' | 'running' | 'deleting';
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly services: readonly Service[];
}
