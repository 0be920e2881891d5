// Functions
export { createApiHandler } from './api/create-api-handler.ts';
// Options
export type { Endpoints } from './api/route.ts';
// Errors
export { isSandboxError, SandboxError, type SandboxErrorCode } from './error.ts';
// Ports
export type { Handler, HttpRequest, HttpResponse } from './http/exchange.ts';
export type { TlsEntry } from './live/open-fronts.ts';
export type { SandboxOptions } from './live/sandbox-options.ts';
export type { BalancerMember, TcpBalancer } from './live/tcp-balancer.ts';
export type { ApiExchange } from './live/watch-handler.ts';
export type { Accelerator } from './machine/choose-accelerator.ts';
export type { MachineOptions } from './machine/machine-room.ts';
export type { Cloud } from './model/cloud.ts';
export { createCloud } from './model/cloud.ts';
export type { CloudOptions } from './model/cloud-options.ts';
// What can be seen
export type { CloudEvent, CloudListener } from './model/events.ts';
export type { Fault, FaultEffect, FaultMatch } from './model/faults.ts';
export type { KeyIssuer } from './model/key-issuer.ts';
export type { Latencies, Latency } from './model/latency.ts';
export type {
  Body,
  BodySpec,
  ImageStore,
  ProbeRequest,
  Prober,
  Scheduler,
} from './model/ports.ts';
export { readObserved } from './model/read-observed.ts';
export type { CloudSnapshot, PoolSnapshot, ServiceSnapshot } from './model/snapshot.ts';
export type { Switches } from './model/switches.ts';
// Handles
export type { Sandbox } from './sandbox.ts';
export { startSandbox } from './sandbox.ts';
export type { VaultSnapshot } from './vault/snapshot.ts';
export type { Vault, VaultOptions } from './vault/vault.ts';
export { createVault } from './vault/vault.ts';
export type { Behaviour } from './virtual/behaviour.ts';
export type { SimulatedCloud, SimulatedCloudOptions } from './virtual/simulated-cloud.ts';
export { createSimulatedCloud } from './virtual/simulated-cloud.ts';
export type { SimulatedGuests } from './virtual/simulated-guests.ts';
export type { VirtualTime } from './virtual/virtual-time.ts';
