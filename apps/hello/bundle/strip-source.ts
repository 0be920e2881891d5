import { stripTypeScriptTypes } from 'node:module';

/** TypeScript to the `.mjs` of the same line numbers: types become blanks, `./x.ts` becomes `./x.mjs`. */
export function stripSource(typescript: string): string {
  return stripTypeScriptTypes(typescript).replaceAll(
    /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.{1,2}\/[^'"\n]+)\.ts\2/g,
    '$1$2$3.mjs$2',
  );
}
