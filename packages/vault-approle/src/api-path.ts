/** The characters Vault itself allows in the name of a role. */
const roleNamePattern = /^\w(?:[\w.-]*\w)?$/;
const mountSegmentPattern = /^[\w.-]+$/;
const longestName = 4096;

/** Refuses anything that could turn one API path into another. */
export function checkRoleName(name: string): string {
  if (typeof name !== 'string') throw new TypeError('Missing role name: want a string');
  if (!roleNamePattern.test(name) || name.length > longestName) {
    throw new TypeError(
      `Invalid role name ${quote(name)}: want letters, digits, "_", "-" and "." inside`,
    );
  }
  return name;
}

/** Mounts may be nested, as in `teams/blue/approle`. */
export function checkMountPath(mountPath: string): string {
  if (typeof mountPath !== 'string') throw new TypeError('Invalid mount path: want a string');
  const segments = mountPath.split('/');
  const isValid = segments.every(
    (segment) => mountSegmentPattern.test(segment) && !isDots(segment),
  );
  if (!isValid) {
    throw new TypeError(
      `Invalid mount path ${quote(mountPath)}: want names joined by "/", without one at the ends`,
    );
  }
  return mountPath;
}

/** Percent-encodes an API path segment by segment, so that what was checked is what is asked for. */
export function encodeApiPath(path: string): string {
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '' || isDots(segment) || /[?#%\\\p{Cc}]/u.test(segment)) {
      throw new TypeError(
        `Invalid Vault path ${quote(path)}: want names joined by "/", without "..", "?", "#" or "%"`,
      );
    }
  }
  return segments.map(encodeURIComponent).join('/');
}

function isDots(segment: string): boolean {
  return segment === '.' || segment === '..';
}

function quote(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
}
