/** Removes every secret it was told of from text that somebody else wrote. */
export interface Scrubber {
  readonly add: (secret: string) => void;
  /** One line of at most 300 characters, without the known secrets or anything like a token. */
  readonly scrub: (text: string) => string;
}

const longestText = 300;
const shortestSecret = 6;
const tokenLike = /\b(?:hv[sbr]|[sbr])\.[\w-]{20,}/g;

export function createScrubber(): Scrubber {
  const forms = new Set<string>();
  return {
    add(secret) {
      if (secret.length < shortestSecret) return;
      for (const form of formsOf(secret)) forms.add(form);
    },
    scrub(text) {
      let clean = text;
      const longestFirst = [...forms].sort((left, right) => right.length - left.length);
      for (const form of longestFirst) clean = clean.replaceAll(form, '[redacted]');
      // Cut only after the replacement: half a secret at the end would not be recognised.
      return shorten(clean.replaceAll(tokenLike, '[redacted]'));
    },
  };
}

function formsOf(secret: string): string[] {
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encoded, json, base64];
}

function shorten(text: string): string {
  // Control characters could forge lines of a log or move a terminal's cursor.
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line;
}
