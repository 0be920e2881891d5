import { z } from 'zod';
import { name, pattern, urlPath, wholeNumber } from './scalars.ts';

/** One request and what a good answer looks like; asked by `test`, and by the gate of `deploy`. */
interface HttpCheckConfig {
  readonly kind: 'http';
  readonly name?: string | undefined;
  readonly path: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Status or statuses that pass; any 2xx when absent. */
  readonly status?: number | readonly number[] | undefined;
  readonly contains?: string | undefined;
  /** Source of a regular expression, flags `u`. */
  readonly matches?: string | undefined;
  readonly answerHeaders?: Readonly<Record<string, string>> | undefined;
}

interface TcpCheckConfig {
  readonly kind: 'tcp';
  readonly name?: string | undefined;
}

export type CheckConfig = HttpCheckConfig | TcpCheckConfig;

const status = wholeNumber(100, 599);
const headers = z.record(
  pattern(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'Expected the name of a header'),
  pattern(/^[\t\x20-\x7e]*$/, 'Expected the value of a header'),
);

const httpShape = {
  name: name.optional().describe('Shown in results; default: method and path'),
  path: urlPath.describe('Path and query of the request, percent-encoded'),
  method: z.enum(['GET', 'HEAD', 'POST', 'OPTIONS']).prefault('GET').describe('HTTP method'),
  headers: headers.optional().describe('Sent along; `Host` overrides the address'),
  status: z
    .union([status, z.array(status).min(1)], { error: 'Expected an HTTP status or a list of them' })
    .optional()
    .describe('Status or statuses that pass; default: any 2xx. Redirects are not followed'),
  contains: z.string().min(1).optional().describe('Text that the body must contain'),
  matches: z
    .string()
    .refine(isRegex, { error: 'Expected a regular expression' })
    .optional()
    .describe('Regular expression (flags `u`) that the body must match'),
  answerHeaders: headers
    .optional()
    .describe('Headers of the answer, each containing the given text'),
};

export const checkSchema: z.ZodType<CheckConfig> = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('http').optional().describe('`http`: one request'),
      ...httpShape,
    })
    .transform((check) => ({ ...check, kind: 'http' as const })),
  z.strictObject({
    kind: z.literal('tcp').describe('`tcp`: the port accepts a connection'),
    name: httpShape.name,
  }),
]);

function isRegex(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
