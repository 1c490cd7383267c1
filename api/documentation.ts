import { z } from 'zod';
import { escaped } from './page.js';
import { problemKinds, problemType, type ProblemKind } from './problems.js';
import { route, type Route } from './route.js';

/** The page and the document describe the whole table, these two routes included, so they get it as a function. */
export function documentationRoutes(describeAll: () => { document: object; routes: readonly Route[] }): Route[] {
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      summary: 'The OpenAPI 3.1 document of this API',
      access: 'anyone',
      answer: { status: 200, description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) },
      handle: async () => describeAll().document as { openapi: string },
    }),
    route({
      method: 'get',
      path: '/docs',
      summary: 'All routes and problems on one page',
      access: 'anyone',
      answer: { status: 200, description: 'HTML without scripts.', schema: z.string(), contentType: 'text/html' },
      handle: async () => overview(describeAll().routes),
    }),
  ];
}

function overview(routes: readonly Route[]): string {
  const rows = routes.map((each) => {
    const who = each.access === 'anyone' ? 'anyone' : each.access.join(', ');
    const cells = [`${each.method.toUpperCase()} ${each.path}`, each.summary, who];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  const problems = (Object.keys(problemKinds) as ProblemKind[]).map((kind) => {
    const { status, title } = problemKinds[kind];
    return `<tr id="${kind}"><td>${status}</td><td>${problemType(kind)}</td><td>${escaped(title)}</td></tr>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Waybill API</title>
<h1>Waybill API</h1>
<p>Send an API key as <code>Authorization: Bearer wb_…</code>. The whole description: <a href="/openapi.json">openapi.json</a>.</p>
<h2>Routes</h2><table><tr><th>Route</th><th>What it does</th><th>Who may call</th></tr>${rows.join('\n')}</table>
<h2>Problems</h2><table><tr><th>Status</th><th>Type</th><th>Meaning</th></tr>${problems.join('\n')}</table></html>`;
}
