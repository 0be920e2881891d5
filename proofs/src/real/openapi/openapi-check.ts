import type { ApiExchange } from '@exoship/sandbox';
import { Ajv, type ValidateFunction } from 'ajv';
import { formats } from './formats.ts';
import { type OpenApiDocument, readOpenApi } from './openapi-document.ts';

export interface OpenApiSummary {
  /** Answers with status 200 that were compared. */
  readonly responses: number;
  /** Distinct ones. */
  readonly operations: readonly string[];
  /** Answers with another status: the file describes none of them. */
  readonly undescribed: number;
  readonly violations: readonly OpenApiViolation[];
}

export interface OpenApiViolation {
  readonly operation: string;
  /** Where in the answer, and what is wrong there. */
  readonly fault: string;
  readonly count: number;
}

export interface OpenApiCheck {
  /** Remembers and judges an answer; cheap enough to be called for every one. */
  judge(exchange: ApiExchange): void;
  summary(): OpenApiSummary;
}

/** Compares what the sandbox answers with Exoscale's own description of its API. */
export async function createOpenApiCheck(file: string): Promise<OpenApiCheck> {
  const document = await readOpenApi(file);
  const validatorOf = validators(document);
  const operations = new Set<string>();
  const violations = new Map<string, OpenApiViolation>();
  let responses = 0;
  let undescribed = 0;

  function violate(operation: string, fault: string): void {
    const name = `${operation} ${fault}`;
    const count = (violations.get(name)?.count ?? 0) + 1;
    violations.set(name, { operation, fault, count });
  }

  return {
    judge({ request, response }) {
      if (response.status !== 200) {
        undescribed += 1;
        return;
      }
      const path = request.path.replace(/^(\/z\/[^/]+)?\/v2/, '');
      const operation = document.find(request.method, path);
      const call = `${request.method} ${path}`;
      responses += 1;
      if (operation === undefined) return violate(call, 'is not in the description');
      operations.add(operation.id);
      if (operation.pointer === undefined) return;
      const validate = validatorOf(operation.pointer);
      if (validate(JSON.parse(String(response.body)))) return;
      for (const { instancePath, message, params } of validate.errors ?? []) {
        const field =
          params.additionalProperty === undefined ? '' : `: ${params.additionalProperty}`;
        violate(operation.id, `${instancePath.replaceAll(/\/\d+/g, '/[]')} ${message}${field}`);
      }
    },
    summary: () => ({
      responses,
      operations: [...operations].toSorted(),
      undescribed,
      violations: [...violations.values()],
    }),
  };
}

function validators({ schema }: OpenApiDocument): (pointer: string) => ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, formats });
  ajv.addSchema(schema, 'openapi');
  const compiled = new Map<string, ValidateFunction>();
  return (pointer) => {
    const known = compiled.get(pointer);
    if (known !== undefined) return known;
    const validate = ajv.compile({ $ref: `openapi${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  };
}
