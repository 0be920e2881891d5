import type { Desired } from './desired-state.ts';

/** The plan for people who look at it first: policies as HCL files, everything else as lines for a shell. */
export function renderSetup(desired: readonly Desired[]): string {
  return `${desired.map(renderOne).join('\n\n')}\n`;
}

function renderOne({ path, body, why, mountedIn }: Desired): string {
  const comment = `# ${why}`;
  if (mountedIn !== undefined) {
    const name = path.slice(mountedIn.length + 1);
    const kind = mountedIn === 'sys/auth' ? 'auth' : 'secrets';
    return `${comment}\nvault ${kind} enable -path=${name} ${String(body.type)}`;
  }
  if (path.startsWith('sys/policies/acl/') && typeof body.policy === 'string') {
    const name = path.slice('sys/policies/acl/'.length);
    return `${comment}\nvault policy write ${name} - <<'HCL'\n${body.policy}HCL`;
  }
  return `${comment}\nvault write ${path} - <<'JSON'\n${JSON.stringify(body, null, 2)}\nJSON`;
}
