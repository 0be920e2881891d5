import type { Operation } from './call.ts';
import type { Capability, PathRule } from './policy-document.ts';

/** What several policies say together about one path. */
interface Permission {
  readonly capabilities: ReadonlySet<Capability>;
  readonly minWrappingTtlMs: number;
  readonly maxWrappingTtlMs: number;
}

interface AccessRequest {
  readonly operation: Operation;
  readonly path: string;
  readonly wrapTtlMs: number;
}

/** The policies of one token, ready to judge calls. */
export interface AccessList {
  allows(request: AccessRequest): boolean;
  capabilities(path: string): readonly (Capability | 'root')[];
}

/** Nothing is forbidden to it, and nothing demands wrapping of it. */
export const rootAccess: AccessList = { allows: () => true, capabilities: () => ['root'] };

export function createAccessList(policies: readonly (readonly PathRule[])[]): AccessList {
  const permissions = new Map<string, Permission>();
  for (const rule of policies.flat()) {
    permissions.set(rule.path, merge(permissions.get(rule.path), rule));
  }
  const patterns = [...permissions.keys()].filter(isPattern).sort(bySpecificity);

  const matchPatterns = (path: string): Permission | undefined => {
    const pattern = patterns.find((candidate) => patternMatches(candidate, path));
    return pattern === undefined ? undefined : permissions.get(pattern);
  };
  const find = (path: string, isListing: boolean): Permission | undefined => {
    const bare = path.replace(/\/$/, '');
    const exact = [path, ...(isListing ? [bare] : [])].find(
      (candidate) => permissions.has(candidate) && !isPattern(candidate),
    );
    if (exact !== undefined) return permissions.get(exact);
    return matchPatterns(path) ?? (isListing && bare !== path ? matchPatterns(bare) : undefined);
  };

  return {
    allows({ operation, path, wrapTtlMs }) {
      const permission = find(path, operation === 'list');
      if (!permission?.capabilities.has(operation)) return false;
      const { minWrappingTtlMs, maxWrappingTtlMs } = permission;
      if (maxWrappingTtlMs > 0 && (wrapTtlMs === 0 || wrapTtlMs > maxWrappingTtlMs)) return false;
      return minWrappingTtlMs === 0 || wrapTtlMs >= minWrappingTtlMs;
    },
    capabilities(path) {
      const granted = find(path, true)?.capabilities;
      return granted === undefined || granted.size === 0 ? ['deny'] : [...granted].sort();
    },
  };
}

/** Deny wins and stands alone; otherwise rights add up and the shortest limits hold. */
function merge(existing: Permission | undefined, rule: PathRule): Permission {
  const rights = new Set([...(existing?.capabilities ?? []), ...rule.capabilities]);
  return {
    capabilities: rights.has('deny') ? new Set<Capability>(['deny']) : rights,
    minWrappingTtlMs: shortest(existing?.minWrappingTtlMs, rule.minWrappingTtlMs),
    maxWrappingTtlMs: shortest(existing?.maxWrappingTtlMs, rule.maxWrappingTtlMs),
  };
}

const shortest = (one = 0, other = 0): number =>
  one > 0 && other > 0 ? Math.min(one, other) : Math.max(one, other);

const isPattern = (path: string): boolean =>
  path.endsWith('*') || path.split('/').some((segment) => segment === '+');

/** True when the pattern, with `+` for one segment and a last `*` for any rest, covers the path. */
export function patternMatches(pattern: string, path: string): boolean {
  const isPrefix = pattern.endsWith('*');
  const wanted = (isPrefix ? pattern.slice(0, -1) : pattern).split('/');
  const given = path.split('/');
  if (given.length < wanted.length || (!isPrefix && given.length !== wanted.length)) return false;
  return wanted.every((segment, index) => {
    if (segment === '+') return true;
    const isLastOfPrefix = isPrefix && index === wanted.length - 1;
    const value = given[index] ?? '';
    return isLastOfPrefix ? value.startsWith(segment) : value === segment;
  });
}

/** Vault's order of precedence between patterns: the one that is exact the longest comes first. */
function bySpecificity(one: string, other: string): number {
  const firstWildcard = (path: string): number => {
    const segments = path.split('/');
    const plus = segments.indexOf('+');
    const plusAt = segments.slice(0, plus).join('/').length + (plus > 0 ? 1 : 0);
    return plus === -1 ? path.length - 1 : plusAt;
  };
  const wildcards = (path: string): number => path.split('/').filter((part) => part === '+').length;
  const bare = (path: string): string => path.replace(/\*$/, '');

  return (
    firstWildcard(other) - firstWildcard(one) ||
    Number(one.endsWith('*')) - Number(other.endsWith('*')) ||
    wildcards(one) - wildcards(other) ||
    bare(other).length - bare(one).length ||
    (bare(one) < bare(other) ? 1 : -1)
  );
}
