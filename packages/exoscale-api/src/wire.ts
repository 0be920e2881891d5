/** `[{ id }, …]`, as requests name other resources; absent stays absent. */
export function idReferences(
  ids: readonly string[] | undefined,
): readonly { readonly id: string }[] | undefined {
  return ids?.map((id) => ({ id }));
}

/** `[{ name }, …]`: SSH keys have no id. */
export function nameReferences(
  names: readonly string[] | undefined,
): readonly { readonly name: string }[] | undefined {
  return names?.map((name) => ({ name }));
}

/** Longest user data that Exoscale takes, counted in base64. */
const longestUserData = 32_768;

/** Cloud-init user data in base64; throws a RangeError when it is too long. */
export function encodeUserData(userData: string | undefined): string | undefined {
  if (userData === undefined) return undefined;
  const encoded = Buffer.from(userData, 'utf8').toString('base64');
  if (encoded.length > longestUserData) {
    throw new RangeError(
      `User data must be at most ${longestUserData} characters in base64: ${encoded.length}`,
    );
  }
  return encoded;
}
