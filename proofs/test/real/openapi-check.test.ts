import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiExchange } from '@exoship/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpenApiCheck } from '../../src/real/openapi/openapi-check.ts';

const description = `
openapi: 3.0.0
components:
  schemas:
    thing:
      type: object
      properties:
        id: { type: string, format: uuid }
        made-at: { type: string, format: date-time }
        size: { type: integer, minimum: 0, exclusiveMinimum: true }
        state: { type: string, enum: [ready, busy] }
        labels: { type: object, additionalProperties: { type: string } }
paths:
  /thing/{id}:
    get:
      operationId: get-thing
      responses:
        "200":
          content:
            application/json:
              schema: { $ref: '#/components/schemas/thing' }
  /thing/all:
    get:
      operationId: list-things
      responses:
        "200":
          content:
            application/json:
              schema: { type: array, items: { $ref: '#/components/schemas/thing' } }
  /thing/{id}:stop:
    put: { operationId: stop-thing, responses: {} }
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exoship-openapi-'));
  await writeFile(join(folder, 'api.yaml'), description);
});
afterAll(() => rm(folder, { recursive: true }));

async function judge(...calls: readonly (readonly [string, unknown, number?])[]) {
  const check = await createOpenApiCheck(join(folder, 'api.yaml'));
  for (const [call, body, status = 200] of calls) {
    const [method = '', path = ''] = call.split(' ');
    const request = { method, path, query: '', headers: {}, body: new Uint8Array() };
    const response = { status, headers: {}, body: JSON.stringify(body) };
    check.judge({ request, response } satisfies ApiExchange);
  }
  return check.summary();
}

const id = 'a0000000-0000-4000-8000-000000000001';

test('createOpenApiCheck() counts answers and operations, whatever the zone', async () => {
  const thing = {
    id,
    'made-at': '2026-01-02T03:04:05Z',
    size: 1,
    state: 'ready',
    labels: { a: 'b' },
  };
  expect(
    await judge(
      [`GET /v2/thing/${id}`, thing],
      [`GET /z/ch-dk-2/v2/thing/${id}`, {}],
      ['GET /v2/thing/all', [thing]],
      [`PUT /v2/thing/${id}:stop`, {}],
      ['GET /v2/thing/gone', { message: 'Not found' }, 404],
    ),
  ).toEqual({
    responses: 4,
    operations: ['get-thing', 'list-things', 'stop-thing'],
    undescribed: 1,
    violations: [],
  });
});

test.each([
  [{ id: 'x' }, '/id must match format "uuid"'],
  [{ 'made-at': '2026-01-02' }, '/made-at must match format "date-time"'],
  [{ size: 0 }, '/size must be > 0'],
  [{ size: '1' }, '/size must be integer'],
  [{ state: 'gone' }, '/state must be equal to one of the allowed values'],
  [{ labels: { a: 1 } }, '/labels/a must be string'],
  [{ invented: true }, ' must NOT have additional properties: invented'],
  ['text', ' must be object'],
])('createOpenApiCheck() finds the fault in %j', async (body, fault) => {
  const { violations } = await judge(['GET /v2/thing/1', body], ['GET /v2/thing/2', body]);
  expect(violations).toEqual([{ operation: 'get-thing', fault, count: 2 }]);
});

test('createOpenApiCheck() finds a call that is not described', async () => {
  const { violations } = await judge(['DELETE /v2/thing/1', {}]);
  expect(violations).toEqual([
    { operation: 'DELETE /thing/1', fault: 'is not in the description', count: 1 },
  ]);
});
