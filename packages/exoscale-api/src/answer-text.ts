const longest = 300;

/** The server's own words in an error answer: `{message}`, `{error}`, RFC 9457, or any text; one short line. */
export function answerText(body: string): string {
  return shorten(fromJson(body) ?? body);
}

/** Takes what we sent out of what came back: some servers quote the request in their error. */
export function withoutSent(text: string, sent: readonly (string | undefined)[]): string {
  return sent.reduce<string>(
    (cleaned, value) => (value ? cleaned.replaceAll(value, '[redacted]') : cleaned),
    text,
  );
}

function fromJson(body: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isRecord(answer)) return undefined;
  const { message, error, title, detail, errors } = answer;
  const single = [message, error].find((word) => typeof word === 'string' && word !== '');
  const words = single === undefined ? [title, detail] : [single];
  const parts = [...words, ...problems(errors)].filter((part) => typeof part === 'string');
  return parts.length > 0 ? parts.join(': ') : undefined;
}

/** Of RFC 9457, `{detail, location}`; of Exoscale's own servers, as recorded, `{message}`. */
function problems(errors: unknown): string[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    if (typeof error === 'string') return [error];
    const { message, detail = message, location } = isRecord(error) ? error : {};
    if (typeof detail !== 'string') return [];
    return [typeof location === 'string' && location !== '' ? `${location} ${detail}` : detail];
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
