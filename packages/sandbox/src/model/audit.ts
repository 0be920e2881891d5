/** One mutation that somebody asked for, successful or not: how a rollout learns who interfered. */
export interface AuditEntry {
  readonly requestId: string;
  readonly at: Date;
  readonly zone: string;
  /** The API's own name for the call. */
  readonly operation: string;
  readonly uri: string;
  readonly status: number;
  readonly key: string;
  readonly sourceAddress: string;
}

export interface Audit {
  add(entry: AuditEntry): void;
  /** Newest first, as the API lists them. */
  list(period?: {
    readonly from?: Date | undefined;
    readonly to?: Date | undefined;
  }): readonly AuditEntry[];
}

export function createAudit(): Audit {
  const entries: AuditEntry[] = [];
  return {
    add: (entry) => void entries.push(entry),
    list: ({ from, to } = {}) =>
      entries
        .filter(({ at }) => (from === undefined || at >= from) && (to === undefined || at <= to))
        .reverse(),
  };
}
