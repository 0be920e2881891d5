import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import vm from 'node:vm';

const SCHEMA_HEAD =
  '{$schema:"http://json-schema.org/draft-07/schema#",$id:"https://gitlab.com/.gitlab-ci.yml"';

/**
 * GitLab's own schema of `.gitlab-ci.yml` (draft 07). The one kept copy on npm is an object literal inside the bundle
 * of gitlab-ci-local; it is cut out by matching its braces.
 *
 * @param from - URL of a module that depends on gitlab-ci-local.
 * @throws RangeError when the bundle no longer holds the schema.
 */
export function gitlabCiSchema(from: string): Record<string, unknown> {
  const manifest = createRequire(from).resolve('gitlab-ci-local/package.json');
  const bundle = readFileSync(join(dirname(manifest), 'dist/index.js'), 'utf8');
  const start = bundle.indexOf(SCHEMA_HEAD);
  if (start === -1) throw new RangeError('gitlab-ci-local no longer carries the schema literal');
  const literal = bundle.slice(start, endOfObject(bundle, start));
  return JSON.parse(JSON.stringify(vm.runInNewContext(`(${literal})`)));
}

function endOfObject(source: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let index = start; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (quote !== '') {
      if (character === '\\') index += 1;
      else if (character === quote) quote = '';
    } else if ('"\'`'.includes(character)) quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  throw new RangeError('The schema literal in gitlab-ci-local does not end');
}
