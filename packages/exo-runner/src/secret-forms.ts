/** Shorter forms would hit innocent text. */
const shortestForm = 8;

/** The ways a secret may show up in the output of programs, each as text of at least eight characters. */
export function secretForms(secret: string): readonly string[] {
  const parts = [secret, ...secret.split('\n').map((line) => line.trim())];
  const forms = new Set(parts.filter((part) => part.length >= shortestForm).flatMap(formsOfPart));
  return [...forms].filter((form) => form.length >= shortestForm);
}

function formsOfPart(text: string): string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const json = JSON.stringify(text).slice(1, -1);
  return [
    text,
    encoded,
    encoded.replaceAll(/%[0-9A-F]{2}/g, (sequence) => sequence.toLowerCase()),
    encoded.replaceAll('%20', '+'),
    json,
    // Go escapes these three as well.
    json.replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ...[0, 1, 2].flatMap((offset) => base64At(text, offset)),
  ];
}

/**
 * The base64 characters that `text` alone determines when it starts `offset` bytes after a multiple of three, whatever
 * comes before and after it.
 */
function base64At(text: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text), Buffer.alloc(2)]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor(((bytes.length - 2) * 8) / 6);
  return [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)];
}
