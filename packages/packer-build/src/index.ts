// Functions

// Options, events and outcomes
export type { Artifact } from './artifact.ts';
export type { BuildOptions } from './build-options.ts';
export type { BuildResult } from './build-template.ts';
export { buildTemplate } from './build-template.ts';

export type { Accelerator, AcceleratorOptions } from './choose-accelerator.ts';
export { chooseAccelerator } from './choose-accelerator.ts';
// Ports
export type { Clock } from './clock.ts';
export type { DetectOptions, PackerVersion } from './detect-packer.ts';
export { detectPacker } from './detect-packer.ts';
export type { PackerErrorDetails } from './error.ts';
// Errors
export { isPackerError, PackerError, type PackerErrorCode } from './error.ts';
export type { Finding } from './image-facts.ts';
export type { MachineReadableLine } from './machine-readable.ts';
export { parseMachineReadable } from './machine-readable.ts';
export type { PackerEvent } from './packer-event.ts';
export type { Phase } from './phase.ts';
export type { PhaseTiming } from './phase-timer.ts';
export type { Secret } from './secret.ts';
export type { SshKey } from './ssh-key.ts';
export { createSshKey } from './ssh-key.ts';
export type { ImageCheck, ImageVerdict, VerifyOptions } from './verify-image.ts';
export { verifyImage } from './verify-image.ts';
