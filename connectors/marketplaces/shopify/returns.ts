import type { OrderReturn, ReturnedLine } from '../../../domain/returns.js';
import type { MarketplaceReturns } from '../returns-port.js';
import { gid, numericId } from './ids.js';
import type { Ask, Shopify } from './operation.js';
import { toTheEnd } from './read-orders.js';
import { decisionsOnReturn, linesOfReturn, moreDecisions, returnsOfOrder } from './return-documents.js';

/** Returns run on Shopify's own returns, whatever portal the customer used (D9; reference/shopify.md §10). */
export function returnsOf(call: Shopify): MarketplaceReturns {
  return { ofOrder: (externalId) => ofOrder(call, externalId) };
}

async function ofOrder(call: Shopify, externalId: string): Promise<OrderReturn[]> {
  const ask: Ask = { lane: 'live', step: `reading the returns of order ${externalId}`, about: { order: externalId } };
  const page = async (after: string | null) => {
    const { order } = await call(returnsOfOrder, { id: gid('Order', externalId), after }, ask);
    return order?.returns ?? { nodes: [], pageInfo: { hasNextPage: false } };
  };
  const returns: OrderReturn[] = [];
  for (const { id, ...rest } of (await toTheEnd(await page(null), page)).nodes)
    returns.push({ returnId: numericId.parse(id), ...rest, lines: await linesOf(call, id, ask) });
  return returns;
}

async function linesOf(call: Shopify, id: string, ask: Ask): Promise<ReturnedLine[]> {
  const page = async (after: string | null) => (await call(linesOfReturn, { id, after }, ask)).return.returnLineItems;
  const { nodes } = await toTheEnd(await page(null), page);
  const decided = await decisionsOn(call, id, ask);
  return nodes.flatMap(({ fulfillmentLineItem, quantity, returnReasonDefinition }) => {
    const lineId = fulfillmentLineItem?.lineItem.id;
    if (lineId === undefined) return [];
    const decisions = decided.flatMap((each) => (each.lineId === lineId ? each.decisions : []));
    return [{ lineId, quantity, reason: returnReasonDefinition?.name ?? null, decisions }];
  });
}

async function decisionsOn(call: Shopify, id: string, ask: Ask) {
  const page = async (after: string | null) =>
    (await call(decisionsOnReturn, { id, after }, ask)).return.reverseFulfillmentOrders;
  const decided: Pick<ReturnedLine, 'lineId' | 'decisions'>[] = [];
  for (const back of (await toTheEnd(await page(null), page)).nodes) {
    const { nodes } = await toTheEnd(
      back.lineItems,
      async (after) => (await call(moreDecisions, { id: back.id, after }, ask)).reverseFulfillmentOrder.lineItems,
    );
    for (const { fulfillmentLineItem, dispositions } of nodes)
      if (fulfillmentLineItem)
        decided.push({
          lineId: fulfillmentLineItem.lineItem.id,
          decisions: dispositions.map(({ type, quantity }) => ({ decision: type, quantity })),
        });
  }
  return decided;
}
