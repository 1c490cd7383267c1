import { Failure } from '../../../domain/failures.js';
import type { MalformedOrder } from '../../../domain/order.js';
import { problemOf } from '../../row-problem.js';
import { gid } from './ids.js';
import type { Ask, Shopify } from './operation.js';
import {
  moreFulfillmentOrderLines,
  moreFulfillmentOrders,
  moreLines,
  ordersAtOnce,
  ordersById,
} from './order-documents.js';
import type { Money } from './order-fields.js';
import { wireOrder, type WireFulfillmentOrder, type WireOrder } from './order-wire.js';

export interface ReadContext {
  call: Shopify;
  money: Money;
  /** Whether the fulfillment services are asked for: that needs a scope of its own (R137). */
  withServices: boolean;
  lane: Ask['lane'];
}

/** Handles of the fulfillment services by the location that is theirs. */
export type Services = Map<string, string>;

/** An order with its nested lists to the end, or what is wrong with it. */
export type ReadOrder = WireOrder | MalformedOrder;

export const isMalformed = (order: ReadOrder): order is MalformedOrder => 'problem' in order;

/** Null where they were not asked for. */
export function servicesOf(
  shop: { fulfillmentServices: { handle: string; location: { id: string } | null }[] } | undefined,
): Services | null {
  if (!shop) return null;
  return new Map(shop.fulfillmentServices.flatMap(({ handle, location }) => (location ? [[location.id, handle]] : [])));
}

/** Parses what a page brought and reads on where a list of an order was longer than the page had room for. */
export async function completeOrders(context: ReadContext, nodes: unknown[]): Promise<ReadOrder[]> {
  const orders = nodes.map(parseOrder);
  const short = orders.filter((each): each is WireOrder => !isMalformed(each) && isShort(each));
  const { orders: whole } = await readOrders(
    context,
    short.map((each) => each.id),
  );
  const byId = new Map(whole.map((each) => [each.externalId, each.order]));
  // One that is gone a moment later stays as the page had it: the next look at it decides.
  return orders.map((each) => (isMalformed(each) ? each : (byId.get(each.id) ?? each)));
}

/** These orders as they are now; what Shopify does not have, or no longer shows, is left out. */
export async function readOrders(
  context: ReadContext,
  ids: string[],
): Promise<{ orders: { externalId: string; order: ReadOrder }[]; services: Services | null }> {
  const found: { externalId: string; order: ReadOrder }[] = [];
  let services: Services | null = null;
  for (let first = 0; first < ids.length; first += ordersAtOnce) {
    const batch = ids.slice(first, first + ordersAtOnce);
    const document = ordersById(context.money, context.withServices, batch.length);
    const answer = await context.call(document, { ids: batch.map((id) => gid('Order', id)) }, asking(context, batch));
    services = servicesOf(answer.shop);
    for (const [index, node] of answer.nodes.entries()) {
      if (node === null) continue;
      const order = parseOrder(node);
      found.push({ externalId: batch[index]!, order: isMalformed(order) ? order : await readOn(context, order) });
    }
  }
  return { orders: found, services };
}

function parseOrder(raw: unknown): ReadOrder {
  const parsed = wireOrder.safeParse(raw);
  if (parsed.success) return parsed.data;
  const { id } = raw as { id?: unknown };
  const externalId = typeof id === 'string' ? (id.split('/').at(-1) ?? null) : null;
  return { externalId, problem: problemOf(parsed.error), raw };
}

function isShort(order: WireOrder): boolean {
  return [
    order.lineItems,
    order.fulfillmentOrders,
    ...order.fulfillmentOrders.nodes.map((each) => each.lineItems),
  ].some((list) => list.pageInfo.hasNextPage);
}

async function readOn(context: ReadContext, order: WireOrder): Promise<WireOrder> {
  const { call } = context;
  const id = gid('Order', order.id);
  const ask = asking(context, [order.id]);
  const lineItems = await toTheEnd(
    order.lineItems,
    async (after) => (await call(moreLines(context.money), { id, after }, ask)).order.lineItems,
  );
  const fulfillmentOrders = await toTheEnd(
    order.fulfillmentOrders,
    async (after) => (await call(moreFulfillmentOrders, { id, after }, ask)).order.fulfillmentOrders,
  );
  const nodes: WireFulfillmentOrder[] = [];
  for (const each of fulfillmentOrders.nodes) {
    const inside = { id: gid('FulfillmentOrder', each.id) };
    const lines = await toTheEnd(
      each.lineItems,
      async (after) => (await call(moreFulfillmentOrderLines, { ...inside, after }, ask)).fulfillmentOrder.lineItems,
    );
    nodes.push({ ...each, lineItems: lines });
  }
  return { ...order, lineItems, fulfillmentOrders: { ...fulfillmentOrders, nodes } };
}

interface List<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null | undefined };
}

/** Follows a list to its end. A cursor that repeats would keep us here for ever. */
export async function toTheEnd<Node>(
  list: List<Node>,
  next: (after: string) => Promise<List<Node>>,
): Promise<List<Node>> {
  let page = list;
  const nodes = [...list.nodes];
  const seen = new Set<string>();
  while (page.pageInfo.hasNextPage) {
    const after = page.pageInfo.endCursor;
    if (!after || seen.has(after)) throw new Failure('answer_malformed', 'Shopify repeats a page of a list.');
    seen.add(after);
    page = await next(after);
    nodes.push(...page.nodes);
  }
  return { nodes, pageInfo: page.pageInfo };
}

function asking({ lane }: ReadContext, ids: string[]): Ask {
  return { lane, step: `reading order ${ids.join(', ')}`, ...(ids.length === 1 && { about: { order: ids[0]! } }) };
}
