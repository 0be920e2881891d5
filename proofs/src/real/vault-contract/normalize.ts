const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<uuid>'],
  [/\bhv[sbr]\.[\w-]{20,}/g, '<token>'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\bEXO[0-9a-zA-Z]{20,}/g, '<key>'],
  [/\b\d{18,19}\b/g, '<nanoseconds>'],
  // The end of a lease's id.
  [/\/[A-Za-z0-9]{24}$/, '/<id>'],
];

/** Seconds since 1970. */
const momentFields: readonly string[] = ['creation_time', 'server_time_utc', 'last_renewal_time'];
const remainderFields: readonly string[] = ['ttl', 'lease_duration'];
const secretFields: readonly string[] = ['api_secret'];
/** Drawn by each server for itself. */
const ownFields: readonly string[] = ['cluster_name', 'accessor', 'wrapped_accessor'];

/** Never the same twice: what is left is what two servers of one kind must say alike. */
export function normalize(value: unknown, field = ''): unknown {
  if (typeof value === 'string') {
    if (secretFields.includes(field)) return '<secret>';
    if (ownFields.includes(field) && value !== '') return '<own>';
    return patterns.reduce((text, [pattern, shown]) => text.replace(pattern, shown), value);
  }
  if (typeof value === 'number') {
    if (momentFields.includes(field)) return '<moment>';
    // A second may have passed, or not.
    return remainderFields.includes(field) ? Math.ceil(value / 5) * 5 : value;
  }
  if (Array.isArray(value)) return value.map((one) => normalize(one, field));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, normalize(one, name)] as const);
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
