import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openApiDocument } from '../../api/openapi.js';
import { routes } from '../../api/routes.js';
import { startHarness, type Harness } from './harness.js';

const committed = fileURLToPath(new URL('../../api/openapi.json', import.meta.url));
const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as {
  openapi: string;
  components: { responses: Record<string, { content: object }> };
  paths: Record<
    string,
    Record<string, { operationId: string; security: unknown[]; responses: Record<string, { content?: object }> }>
  >;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, operation })),
);

let harness: Harness;
beforeAll(async () => (harness = await startHarness()));
afterAll(() => harness.close());

it('is committed as it is served; WRITE_OPENAPI=1 with this test and then npm run format rewrites it', async () => {
  if (process.env['WRITE_OPENAPI'] === '1') await writeFile(committed, JSON.stringify(document, null, 2));
  expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(document);
  const served = await harness.call('nobody', 'GET', '/openapi.json');
  expect(served.body).toEqual(document);
});

it('documents every route of the table, each under a name of its own', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(operations.map((each) => each.name).sort()).toEqual(
    routes.map((each) => `${each.method} ${each.path}`).sort(),
  );
  expect(new Set(operations.map((each) => each.operation.operationId)).size).toBe(routes.length);
});

it('documents that each guarded route asks for a key and may refuse it, with a problem', () => {
  for (const { name, operation } of operations) {
    const route = routes.find((each) => `${each.method} ${each.path}` === name)!;
    expect([name, operation.security.length]).toEqual([name, route.access === 'anyone' ? 0 : 1]);
    for (const [status, response] of Object.entries(operation.responses))
      if (Number(status) >= 400 && !(name === 'get /readyz' && status === '503'))
        expect([name, response]).toEqual([name, { $ref: `#/components/responses/Problem${status}` }]);
    if (route.access !== 'anyone') expect(operation.responses).toMatchObject({ 401: {}, 403: {}, 429: {}, 500: {} });
  }
});

it('describes each problem as problem+json', () => {
  for (const response of Object.values(document.components.responses))
    expect(Object.keys(response.content)).toEqual(['application/problem+json']);
});

it('serves a page of all routes and problems that runs no script', async () => {
  const page = await harness.call('nobody', 'GET', '/docs');
  for (const route of routes) expect(page.text).toContain(route.path);
  expect(page.text).not.toMatch(/<script|onerror|style=/);
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
});
