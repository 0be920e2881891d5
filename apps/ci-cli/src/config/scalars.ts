import { z } from 'zod';

/** A count, or a share of the pool's size, as Kubernetes writes them. */
export type Amount = number | `${number}%`;

/** Node's timers cannot wait longer (24.8 days). */
const LONGEST_MS = 2 ** 31 - 1;

const DURATION = /^(?=\d)(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** `90s`, `5m`, `1500ms`, `1h30m`, or `0s`; milliseconds afterwards. */
export const durationOrZero: z.ZodType<number, string> = pattern(
  DURATION,
  'Expected a duration such as "90s", "5m" or "1500ms"',
)
  .meta({ title: 'duration' })
  .transform(toMilliseconds)
  .refine((ms) => ms <= LONGEST_MS, { error: 'Expected a duration of at most 24 days' });

export const duration: z.ZodType<number, string> = durationOrZero.refine((ms) => ms > 0, {
  error: 'Expected a duration of more than nothing',
});

function toMilliseconds(text: string): number {
  const [, hours = '0', minutes = '0', seconds = '0', milliseconds = '0'] =
    DURATION.exec(text) ?? [];
  return (
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(milliseconds)
  );
}

const AMOUNT = 'Expected a whole number or a percentage such as "25%"';

/** `3` or `25%`. */
export const amount: z.ZodType<Amount, Amount> = z
  .union([z.int().min(0, { error: AMOUNT }), pattern(/^(100|[1-9]?\d)%$/, AMOUNT)], {
    error: AMOUNT,
  })
  .meta({ title: 'count or percentage' }) as z.ZodType<Amount, Amount>;

/** The same, but at least one. */
export const amountFromOne: z.ZodType<Amount, Amount> = amount.refine(
  (value) => Number.parseInt(String(value), 10) > 0,
  { error: 'Expected more than nothing' },
);

export function wholeNumber(min: number, max: number): z.ZodType<number, number> {
  const error = `Expected a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export const port: z.ZodType<number, number> = wholeNumber(1, 65_535);

/** Something that has a name on Exoscale or in Vault; both are liberal, we refuse what is surely a slip. */
export const name: z.ZodType<string, string> = pattern(
  /^[^\s\p{Cc}](?:[^\p{Cc}]{0,253}[^\s\p{Cc}])?$/u,
  'Expected a name without line breaks or spaces around it',
);

/** Key of an app or an environment: it becomes part of labels and instance names. */
export const identifier: z.ZodType<string, string> = pattern(
  /^[a-z][a-z0-9-]{0,30}$/,
  'Expected a name of up to 31 lower-case letters, digits and dashes that starts with a letter',
);

export const zone: z.ZodType<string, string> = pattern(
  /^[a-z]{2}-[a-z]{3,4}-\d{1,2}$/,
  'Expected a zone such as "ch-gva-2"',
);

/** A path relative to the folder of exoship.yaml. */
export const path: z.ZodType<string, string> = pattern(/^[^\0]+$/, 'Expected the path of a file');

/** Path and query of a request, as sent. */
export const urlPath: z.ZodType<string, string> = pattern(
  /^\/[\x21-\x7e]*$/,
  'Expected a percent-encoded path that starts with "/"',
);

/** A credential travels to it, hence https; plain http never leaves the machine. */
export const serviceUrl: z.ZodType<string, string> = z
  .string({ error: 'Expected a URL such as "https://vault.example.com:8200"' })
  .refine(isServiceUrl, {
    error: 'Expected an https URL without credentials (http for loopback only)',
  });

export function pattern(regex: RegExp, error: string): z.ZodType<string, string> {
  return z.string({ error }).regex(regex, { error, abort: true });
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function isServiceUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') {
    return false;
  }
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}
