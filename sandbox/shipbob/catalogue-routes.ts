import { Router, type Request, type RequestHandler } from 'express';
import { inventoryAnswer, methodAnswer, productAnswer } from './catalogue-answers.js';
import { needs } from './gate.js';
import type { ShipbobState } from './state.js';

/** Products, stock, shipping methods and channels: everything that is only read. */
export function catalogueRoutes(state: ShipbobState): Router {
  const router = Router();
  router.get('/product', needs(state, 'products_read'), (request, response) => {
    // "Match the provided query": loose, so that a client has to compare exactly itself.
    const matches = search(request, { SKU: 'sku', SellerSKU: 'sellerSku', Search: 'name' });
    response.json(linked(request, state.products.filter(matches), (each) => productAnswer(state, each)));
  });
  router.get('/inventory-level', needs(state, 'inventory_read'), (request, response) => {
    const matches = search(request, { SearchBy: 'sku' });
    const stocked = state.products.filter((each) => each.bundle.length === 0).filter(matches);
    response.json(linked(request, stocked, inventoryAnswer));
  });
  router.get('/shipping-method', needs(state, 'orders_read'), shippingMethods(state));
  router.get('/channel', needs(state, 'channels_read'), (request, response) => {
    const answer = linked(request, state.channels, ({ application, ...each }) => ({
      ...each,
      application_name: application,
    }));
    response.json({ items: answer['items'], next: answer['next'], prev: answer['prev'] });
  });
  return router;
}

function shippingMethods(state: ShipbobState): RequestHandler {
  return (request, response) => {
    const limit = Math.min(250, Number(request.query['Limit'] ?? 50));
    const start = (Math.max(1, Number(request.query['Page'] ?? 1)) - 1) * limit;
    response.json(state.methods.slice(start, start + limit).map(methodAnswer));
  };
}

function search<Row extends object>(request: Request, filters: Record<string, keyof Row>): (row: Row) => boolean {
  const query = readCursor(request)?.query ?? (request.query as Record<string, string>);
  const wanted = Object.entries(filters).flatMap(([name, field]) => {
    const text = query[name]?.toLowerCase();
    return text === undefined ? [] : [{ field, text }];
  });
  return (row) => wanted.every(({ field, text }) => String(row[field]).toLowerCase().includes(text));
}

interface Cursor {
  start: number;
  query: Record<string, string>;
}

/** A page with its links; like ShipBob's they are relative and hold nothing but an opaque cursor. */
export function linked<Row>(
  request: Request,
  rows: Row[],
  answer: (row: Row) => Record<string, unknown>,
): Record<string, unknown> {
  const { start, query } = readCursor(request) ?? { start: 0, query: request.query as Record<string, string> };
  const size = Math.min(250, Math.max(1, Number(query['PageSize'] ?? query['RecordsPerPage'] ?? 50)));
  const link = (at: number) =>
    `${request.baseUrl}${request.path}?cursor=${Buffer.from(JSON.stringify({ start: at, query })).toString('base64url')}`;
  return {
    items: rows.slice(start, start + size).map(answer),
    first: start > 0 ? link(0) : null,
    prev: start > 0 ? link(Math.max(0, start - size)) : null,
    next: start + size < rows.length ? link(start + size) : null,
    last: start + size < rows.length ? link(Math.floor((rows.length - 1) / size) * size) : null,
  };
}

function readCursor(request: Request): Cursor | null {
  const text = request.query['cursor'];
  return typeof text === 'string' ? (JSON.parse(Buffer.from(text, 'base64url').toString()) as Cursor) : null;
}
