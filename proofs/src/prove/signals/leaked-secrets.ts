/** Which of these secrets show in a text, in clear or in an encoding that anybody can undo; by their names. */
export function leakedSecrets(
  text: string,
  secrets: ReadonlyMap<string, string>,
): readonly string[] {
  return [...secrets]
    .filter(([secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([, name]) => name);
}

function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ];
}

/** The characters that the secret alone determines, when it stands `offset` bytes after a multiple of three. */
function base64At(secret: Buffer, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), secret, Buffer.alloc(2)]);
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor(((offset + secret.length) * 8) / 6);
  return [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)];
}
