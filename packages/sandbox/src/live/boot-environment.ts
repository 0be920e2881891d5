/** The first line of user data that is meant for the environment of a process body. */
const environmentHeader = '#exoship-env';

const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/;

/**
 * Everything a process body may know: `HOST`, `PORT`, and the `KEY=value` lines of user data that starts with
 * {@link environmentHeader}. Other user data (cloud-init, say) is for machines and is not read.
 */
export function bootEnvironment(
  userData: string,
  host: string,
  port: number,
): Readonly<Record<string, string>> {
  return { ...assignmentsIn(userData), HOST: host, PORT: String(port) };
}

function assignmentsIn(userData: string): Record<string, string> {
  const [header, ...lines] = userData.split(/\r?\n/);
  if (header?.trim() !== environmentHeader) return {};
  const found: Record<string, string> = {};
  for (const line of lines) {
    const [, key, value] = assignment.exec(line) ?? [];
    if (key !== undefined && value !== undefined) found[key] = value;
  }
  return found;
}
