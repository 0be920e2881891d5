export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What the test asks for; size, disk and firewall are the provider's own business. */
export interface InstanceRequest {
  /** Unique per run: a lost answer is found again by this name. */
  readonly name: string;
  readonly templateId: string;
  /** Set in the create call itself, so that a sweep finds what a SIGKILL leaves behind. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface InstanceView {
  readonly id: string;
  readonly name: string;
  /** The provider's word: `starting`, `running`, `error`, … */
  readonly state: string;
  /** No address yet, or never one: the test says which in its error. */
  readonly address?: string | undefined;
}

/** The cloud as `smoke` needs it: create one instance, look at it, delete it. */
export interface InstanceProvider {
  /** Resolves with the id as soon as it is known, before the instance runs. */
  create(request: InstanceRequest, options?: CallOptions): Promise<{ readonly id: string }>;
  /** `undefined` when there is no such instance (any more). */
  get(id: string, options?: CallOptions): Promise<InstanceView | undefined>;
  /** Used when the answer to a create was lost. */
  findByName(name: string, options?: CallOptions): Promise<InstanceView | undefined>;
  /** Resolves when the deletion is accepted; deleting what is gone is no error. */
  delete(id: string, options?: CallOptions): Promise<void>;
}
