import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const beside = fileURLToPath(
  new URL('../../../../../shared/reference/samples/exoscale-openapi.yaml', import.meta.url),
);

/** Exoscale's OpenAPI file: where `EXOSCALE_OPENAPI` says, else beside the repository; it is not part of it. */
export function findOpenApi(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = env.EXOSCALE_OPENAPI;
  if (named !== undefined && named !== '') return named;
  return existsSync(beside) ? beside : undefined;
}
