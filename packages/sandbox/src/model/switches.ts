/**
 * What nobody outside the provider knows. Each switch is one open question; a claim about the cloud holds only if it
 * holds for every position. Defaults lean to the position that is harder on the client.
 */
export interface Switches {
  /** Does a pool replace a member that was deleted behind its back? Documented: "will keep the required number up". */
  readonly selfHealOnDelete: boolean;
  /** Does a pool replace a member whose guest powered itself off or died? */
  readonly selfHealOnExit: boolean;
  /** Does a pool replace a member that was stopped through the API, as a drain does? */
  readonly selfHealOnStop: boolean;
  /** Which members does a shrinking `:scale` delete? The documentation leaves the choice to the orchestrator. */
  readonly scaleDownVictims: 'oldest' | 'newest' | 'random';
  /** Do members that a pool removes leave the rotation before their plug is pulled, or stay until probes fail? */
  readonly evictDeregistersFirst: boolean;
  /** May a member that is not running be evicted? */
  readonly evictOfStoppedMember: 'allowed' | 'conflict';
  /** May a member that is protected be evicted? */
  readonly evictOfProtectedMember: 'allowed' | 'conflict';
  /** May an eviction or a shrink leave fewer members running than `min-available`? */
  readonly belowMinAvailable: 'allowed' | 'conflict';
  /** What answers a change to a pool that is still busy with another: 409, a failing operation, or a queue? */
  readonly overlappingOperation: 'conflict' | 'failure' | 'queue';
  /** What answers a growth beyond the quota: 403, a failing operation, or as many members as fit? */
  readonly quotaExceeded: 'refuse' | 'failure' | 'partial';
  /** Do the labels of a PUT replace all labels, or only those that they name? */
  readonly putMergesLabels: 'replace' | 'merge';
  /** Does a PUT without a nullable field (security groups, SSH keys…) keep or clear it? The official CLI fears the latter. */
  readonly omittedFieldsOnPut: 'keep' | 'clear';
  /** Do members carry the labels of their pool? */
  readonly membersInheritLabels: boolean;
  /** Does `:stop` press the power button (the guest may finish its work), or pull the plug? */
  readonly stopIsAcpi: boolean;
}

export const defaultSwitches: Switches = {
  selfHealOnDelete: true,
  selfHealOnExit: true,
  selfHealOnStop: false,
  scaleDownVictims: 'random',
  evictDeregistersFirst: false,
  evictOfStoppedMember: 'allowed',
  evictOfProtectedMember: 'conflict',
  belowMinAvailable: 'conflict',
  overlappingOperation: 'conflict',
  quotaExceeded: 'refuse',
  putMergesLabels: 'replace',
  omittedFieldsOnPut: 'clear',
  membersInheritLabels: true,
  stopIsAcpi: true,
};

/** Every position of every switch. */
export const switchPositions: {
  readonly [Name in keyof Switches]: readonly Switches[Name][];
} = {
  selfHealOnDelete: [true, false],
  selfHealOnExit: [true, false],
  selfHealOnStop: [true, false],
  scaleDownVictims: ['oldest', 'newest', 'random'],
  evictDeregistersFirst: [true, false],
  evictOfStoppedMember: ['allowed', 'conflict'],
  evictOfProtectedMember: ['allowed', 'conflict'],
  belowMinAvailable: ['allowed', 'conflict'],
  overlappingOperation: ['conflict', 'failure', 'queue'],
  quotaExceeded: ['refuse', 'failure', 'partial'],
  putMergesLabels: ['replace', 'merge'],
  omittedFieldsOnPut: ['keep', 'clear'],
  membersInheritLabels: [true, false],
  stopIsAcpi: [true, false],
};
