import type { Request, Response } from 'express';
import type { StandIn } from '../stand-in.js';
import { forbid, keyOf, mayRead, needs, parameter } from './access.js';
import { ordersInRange, sendPage } from './lists.js';
import type { SandboxKey, SandboxState } from './state.js';
import { orderData, sendRows, sendText } from './wire.js';

/** orders2, quickstats/accounts and debug (reference/clickbank.md §1, §2 and §6). */
export function addOrderRoutes(standIn: StandIn, state: SandboxState): void {
  const { app } = standIn;
  const reads = needs(state, 'api_order_read');

  app.get('/rest/1.3/orders2/list', reads, (request, response) => {
    const rows = orderRows(state, request, response);
    if (rows) sendPage(standIn, state, { request, response }, 'orderData', rows);
  });
  app.get('/rest/1.3/orders2/count', reads, (request, response) => {
    const rows = orderRows(state, request, response);
    if (rows) sendText(response, 200, String(rows.length));
  });
  app.get('/rest/1.3/orders2/:receipt', reads, (request, response) => {
    const order = state.orders.find((each) => each.receipt === request.params.receipt);
    const rows = order && mayRead(response, order) ? orderData(order) : [];
    if (rows.length === 0) return forbid(response);
    sendRows(state, response, 'orderData', rows, false);
  });
  app.get('/rest/1.3/quickstats/accounts', reads, (_request, response) => {
    const { nicknames } = response.locals.key as SandboxKey;
    const rows = nicknames.map((nickName) => ({ nickName, quickStats: { '@nil': 'true' } }));
    sendRows(state, response, 'accountData', rows, false);
  });
  app.get('/rest/1.3/debug', (request, response) => {
    const key = keyOf(state, request);
    if (!key) return forbid(response);
    const roles = state.settings.debugShowsRoles ? `\nroles=[${key.roles.join(', ')}]` : '';
    sendText(response, 200, `GET /rest/1.3/debug\nsecurityContext: key=${key.apiKey}${roles}`);
  });
}

/** An unknown type yields nothing, without an error. */
function orderRows(state: SandboxState, request: Request, response: Response): Record<string, unknown>[] | null {
  const orders = ordersInRange(state, request, response, 30);
  const [type, vendor, role] = ['type', 'vendor', 'role'].map((name) => parameter(request, name));
  return (
    orders
      ?.flatMap(orderData)
      .filter((row) => type === undefined || row.transactionType === type)
      .filter((row) => vendor === undefined || String(row.vendor).toLowerCase() === vendor.toLowerCase())
      .filter((row) => role === undefined || row.role === role) ?? null
  );
}
