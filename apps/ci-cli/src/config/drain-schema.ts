import { z } from 'zod';
import { textWith } from './placeholders.ts';
import { duration, durationOrZero, port, urlPath } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** What makes a member's health fail before it goes, so that the load balancer sends nothing new. */
export type DrainConfig =
  /** Stops the instance: its init sends SIGTERM, and the app keeps accepting for a while. */
  | ({ readonly kind: 'stop' } & DrainLimits)
  | ({
      readonly kind: 'http';
      readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
      readonly path: string;
      /** Absent: the app's. */
      readonly port?: number | undefined;
    } & DrainLimits)
  /** A command on the runner; `${id}`, `${name}`, `${address}` and `${port}` stand for the member's. */
  | ({ readonly kind: 'command'; readonly command: readonly [string, ...string[]] } & DrainLimits)
  | { readonly kind: 'none' };

interface DrainLimits {
  /** How long the app keeps accepting once its health fails, as its makers promise. */
  readonly lameDuckMs: number;
  readonly inFlightGraceMs: number;
  readonly maxWindowMs: number;
  readonly timeoutMs: number;
  readonly onFailure: 'continue' | 'stop';
}

export type DrainKind = DrainConfig['kind'];

const limits = {
  lameDuck: duration
    .prefault('15s')
    .describe(
      'How long the app keeps accepting once its health fails; must outlast the wait below',
    ),
  inFlightGrace: durationOrZero
    .prefault('5s')
    .describe("Waited after the load balancer's interval × retries + timeout, for open requests"),
  maxWindow: duration.prefault('2m').describe('The whole wait is never longer'),
  timeout: duration.prefault('30s').describe('Longest time for the stop, call or command itself'),
  onFailure: z
    .enum(['continue', 'stop'])
    .prefault('stop')
    .describe(
      'When a member cannot be drained: evict it all the same, or stop with nothing evicted',
    ),
};
const durations = ['lameDuck', 'inFlightGrace', 'maxWindow', 'timeout'] as const;

const word = textWith('id', 'name', 'address', 'port');

export const drainSchema: z.ZodType<DrainConfig, { readonly kind: DrainKind }> =
  z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z
          .literal('stop')
          .describe('`stop`: stops the instance, so that its init sends SIGTERM'),
        ...limits,
      })
      .transform((drain) => inMilliseconds(drain, ...durations)),
    z
      .strictObject({
        kind: z.literal('http').describe('`http`: calls the member'),
        method: z
          .enum(['POST', 'PUT', 'DELETE', 'GET'])
          .prefault('POST')
          .describe('`http`: method'),
        path: urlPath.describe('`http`: path of the request to the member'),
        port: port.optional().describe("`http`: port of the request; default: the app's"),
        ...limits,
      })
      .transform((drain) => inMilliseconds(drain, ...durations)),
    z
      .strictObject({
        kind: z.literal('command').describe('`command`: runs one on the runner'),
        command: z.tuple([word], word).describe('`command`: what to run on the runner, as a list'),
        ...limits,
      })
      .transform((drain) => inMilliseconds(drain, ...durations)),
    z.strictObject({ kind: z.literal('none').describe('`none`: nothing, connections may break') }),
  ]);
