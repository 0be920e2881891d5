// Functions

// Options and outcomes
export type { ExpectedSubject } from './check-statement.ts';
// Ports
export type { Clock } from './clock.ts';
// Errors
export { isProvenanceError, ProvenanceError, type ProvenanceErrorCode } from './error.ts';
export type { KeySignerOptions } from './key-signer.ts';
export { createKeySigner } from './key-signer.ts';
export type { KeylessSignerOptions } from './keyless-signer.ts';
export { createKeylessSigner } from './keyless-signer.ts';
export type { Secret } from './secret.ts';
export { signStatement } from './sign-statement.ts';
export type { Signer, SignOptions } from './signer.ts';
export type { BuildFacts, Digests, Resource, Statement } from './statement.ts';
export { createStatement } from './statement.ts';
export type { RootSource } from './trusted-root.ts';
export type { Trust, Verified, VerifyOptions } from './verify-attestation.ts';
export { verifyAttestation } from './verify-attestation.ts';
export type { Identity } from './verify-keyless.ts';
