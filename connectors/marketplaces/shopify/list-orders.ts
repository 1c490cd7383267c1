import { Failure } from '../../../domain/failures.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import type { Marketplace, OrderPage } from '../port.js';
import { asksForServices, moneyOf } from './chosen.js';
import type { Settings } from './configuration.js';
import type { Shopify } from './operation.js';
import { ordersPage, reroutedPage } from './order-documents.js';
import {
  completeOrders,
  isMalformed,
  readOrders,
  servicesOf,
  type ReadContext,
  type ReadOrder,
  type Services,
} from './read-orders.js';
import type { ShopMemory } from './shop-memory.js';
import { translate } from './translate.js';

export interface OrderContext {
  call: Shopify;
  settings: Settings;
  memory: ShopMemory;
}

type Request = Parameters<Marketplace['listOrders']>[0];

/** Shopify answers a filter from a search index that runs behind; ten minutes also cover clocks that differ. */
const overlapMs = 10 * 60_000;

/**
 * One page of a pass: the orders updated since, oldest change first, known ones too, because a change of theirs is news.
 * An order that changes while the list is walked moves to its end and is seen there.
 *
 * An order is no less news when only its fulfillment orders changed: they come into being after it, are moved, split or
 * released, and nothing says that the order's own time changes with them (reference/shopify.md §4). So the first call
 * also asks for fulfillment orders updated since; only where they lead to orders that the list does not hold does the
 * pass go on to fetch those. An idle pass is one call, and so are fifty orders.
 */
export async function listOrders(context: OrderContext, request: Request): Promise<OrderPage> {
  const pass = request.page === null ? firstPage(request.since) : readToken(request.page);
  const read = readContext(context, request.lane);
  return pass.list === 'orders' ? pageOfOrders(context, read, pass) : pageOfRerouted(context, read, pass);
}

export function readContext({ call, settings }: OrderContext, lane: Request['lane']): ReadContext {
  return { call, money: moneyOf(settings), withServices: asksForServices(settings), lane };
}

interface Pass {
  list: 'orders' | 'rerouted';
  /** UTC, ISO 8601: the same for every page of the pass. */
  from: string;
  /** Null for the first page of the list. */
  after: string | null;
  /** Whether fulfillment orders led to other orders; told by the first page. */
  rerouted: boolean;
}

function firstPage(since: string): Pass {
  const from = new Date(Date.parse(since) - overlapMs).toISOString();
  return { list: 'orders', from, after: null, rerouted: false };
}

const queryOf = (pass: Pass) => `updated_at:>='${pass.from}'`;

async function pageOfOrders(context: OrderContext, read: ReadContext, pass: Pass): Promise<OrderPage> {
  const first = pass.after === null;
  const answer = await askForPage(context, read, { query: queryOf(pass), after: pass.after, first });
  const orders = await completeOrders(read, answer.orders.nodes);
  const beside = answer.fulfillmentOrders;
  const rerouted = beside
    ? beside.pageInfo.hasNextPage || beside.nodes.some(({ order }) => isOlder(order, pass))
    : pass.rerouted;
  const next = answer.orders.pageInfo.hasNextPage ? answer.orders.pageInfo.endCursor : null;
  return {
    ...sorted(orders, context.settings, servicesOf(answer.shop)),
    nextPage: next
      ? writeToken({ ...pass, after: next, rerouted })
      : rerouted
        ? writeToken({ ...pass, list: 'rerouted', after: null, rerouted })
        : null,
  };
}

/** A shop that finds the large page too dear is asked for small ones from then on; a refusal costs it no points. */
async function askForPage({ memory }: OrderContext, read: ReadContext, variables: Record<string, unknown>) {
  const ask = { lane: read.lane, step: 'reading orders to ship' };
  const page = (size: 'large' | 'small') => ordersPage(size, read.money, read.withServices);
  if (memory.largePagesRefused) return read.call(page('small'), variables, ask);
  try {
    return await read.call(page('large'), variables, ask);
  } catch (error) {
    if (!(error instanceof Failure) || error.about['code'] !== 'MAX_COST_EXCEEDED') throw error;
    memory.largePagesRefused = true;
    return read.call(page('small'), variables, ask);
  }
}

/** Orders that the first list does not hold, because they did not change themselves. */
async function pageOfRerouted(context: OrderContext, read: ReadContext, pass: Pass): Promise<OrderPage> {
  const answer = await read.call(
    reroutedPage,
    { query: queryOf(pass), after: pass.after },
    { lane: read.lane, step: 'reading fulfillment orders' },
  );
  const { nodes, pageInfo } = answer.fulfillmentOrders;
  const ids = nodes.flatMap(({ order }) => (isOlder(order, pass) ? order.id : []));
  const { orders, services } = await readOrders(read, [...new Set(ids)]);
  return {
    ...sorted(
      orders.map((each) => each.order),
      context.settings,
      services,
    ),
    nextPage: pageInfo.hasNextPage && pageInfo.endCursor ? writeToken({ ...pass, after: pageInfo.endCursor }) : null,
  };
}

const isOlder = (order: { updatedAt: string }, pass: Pass) => Date.parse(order.updatedAt) < Date.parse(pass.from);

function sorted(read: ReadOrder[], settings: Settings, services: Services | null): Omit<OrderPage, 'nextPage'> {
  const orders = read.flatMap((each): MarketplaceOrder[] =>
    isMalformed(each) ? [] : [translate(each, settings, services)],
  );
  return { orders, malformed: read.filter(isMalformed) };
}

function writeToken(pass: Pass): string {
  return [pass.list, pass.from, pass.rerouted ? 'more' : '', pass.after ?? ''].join('|');
}

function readToken(token: string): Pass {
  const match = /^(orders|rerouted)\|(\d{4}-[^|]*Z)\|(more)?\|(.*)$/.exec(token);
  if (!match) throw new Failure('internal', 'This page token was not made by the Shopify connector.');
  return { list: match[1] as Pass['list'], from: match[2]!, rerouted: match[3] === 'more', after: match[4] || null };
}
