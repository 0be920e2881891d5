import { z } from 'zod';
import { textWith } from './placeholders.ts';
import { duration, port, urlPath } from './scalars.ts';
import { inMilliseconds } from './shapes.ts';

/** What makes a member's health fail before it goes, so that the load balancer sends nothing new. */
export type DrainConfig =
  /** Stops the instance: its init sends SIGTERM, and the app keeps accepting for a while. */
  | ({ readonly kind: 'stop' } & LameDuck)
  | ({
      readonly kind: 'http';
      readonly method: 'POST' | 'PUT' | 'DELETE' | 'GET';
      readonly path: string;
      readonly port?: number | undefined;
    } & LameDuck)
  /** Runs a command; `${address}` and `${id}` stand for the member's. */
  | ({ readonly kind: 'command'; readonly command: readonly [string, ...string[]] } & LameDuck)
  | { readonly kind: 'none' };

interface LameDuck {
  /** How long the app keeps accepting once its health fails; must outlast the load balancer's checks. */
  readonly lameDuckMs: number;
}

export type DrainKind = DrainConfig['kind'];

const lameDuck = duration
  .prefault('15s')
  .describe(
    "How long the app keeps accepting once its health fails; must outlast the load balancer's interval × retries + timeout",
  );
const word = textWith('address', 'id', 'name', 'port');

export const drainSchema: z.ZodType<DrainConfig, { readonly kind: DrainKind }> =
  z.discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('stop').describe('One of stop, http, command, none'),
        lameDuck,
      })
      .transform((drain) => inMilliseconds(drain, 'lameDuck')),
    z
      .strictObject({
        kind: z.literal('http'),
        method: z
          .enum(['POST', 'PUT', 'DELETE', 'GET'])
          .prefault('POST')
          .describe('`http`: method'),
        path: urlPath.describe('`http`: path of the request to the member'),
        port: port.optional().describe("`http`: its port; default: the app's"),
        lameDuck,
      })
      .transform((drain) => inMilliseconds(drain, 'lameDuck')),
    z
      .strictObject({
        kind: z.literal('command'),
        command: z.tuple([word], word).describe('`command`: what to run, as a list'),
        lameDuck,
      })
      .transform((drain) => inMilliseconds(drain, 'lameDuck')),
    z.strictObject({ kind: z.literal('none') }),
  ]) as z.ZodType<DrainConfig, { readonly kind: DrainKind }>;
