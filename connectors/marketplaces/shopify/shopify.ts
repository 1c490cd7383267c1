import { Failure } from '../../../domain/failures.js';
import { everyOrder, type ImportRules, type TakenPlaces } from '../../../domain/import-decision.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { Marketplace } from '../port.js';
import { createClient } from './client.js';
import { allServices, credentials, settings } from './configuration.js';
import { ensureWebhooks } from './ensure-webhooks.js';
import { postNotice } from './fulfill.js';
import { install } from './install.js';
import { listOrders, readContext, type OrderContext } from './list-orders.js';
import { readNews } from './news.js';
import { findNotice, notices } from './notices.js';
import type { Ask } from './operation.js';
import { refuseOutOfSight } from './out-of-sight.js';
import { probe } from './probe.js';
import { isMalformed, readOrders } from './read-orders.js';
import { requestsOf } from './requests.js';
import { returnsOf } from './returns.js';
import { memoryOf } from './shop-memory.js';
import { stockOf } from './stock.js';
import { translate } from './translate.js';

/**
 * How soon a fulfillment shows in its order is not documented. A minute of looking costs nothing; a package told twice
 * mails the customer twice.
 */
const settleMs = 60_000;

export const shopify = { title: 'Shopify', noStock: null, credentials, settings, connect, rules, readNews, install };

/** R137, R139, R140, R144, R146: what the settings restrict the import to. */
function rules(saved: unknown): ImportRules {
  const chosen = settings.parse(saved);
  return {
    ...everyOrder,
    paymentStatuses: chosen.financialStatuses,
    location: chosen.filterByLocation ? chosen.fulfillmentLocation : null,
    service: chosen.fulfillmentService === allServices ? null : chosen.fulfillmentService,
    partlyShipped: chosen.partialFulfillments,
    excludeEmpty: chosen.excludeEmpty,
  };
}

/** Throws Failure when the saved credentials or settings do not fit this version. */
function connect(options: ConnectOptions<{ perSecond: number }>): Marketplace {
  const keys = credentials.safeParse(options.credentials);
  if (!keys.success) throw new Failure('credentials_refused', 'The saved Shopify credentials hold no usable token.');
  const chosen = settings.safeParse(options.settings);
  if (!chosen.success) throw new Failure('internal', 'The saved Shopify settings do not fit this version.');
  const client = createClient(options, keys.data);
  const context = {
    call: client.call,
    settings: chosen.data,
    memory: memoryOf(options.connectionId),
    now: options.now,
  };
  return {
    settleMs,
    takesParts: false,
    listOrders: (request) => listOrders(context, request),
    fetchOrder: (externalId, known = {}) =>
      fetchOrder(taking(context, known.takes), externalId, known.placedAt ?? null),
    notices,
    findNotice: (notice, others = []) => findNotice(context, notice, others),
    postNotice: (notice, others = []) => postNotice(context, notice, others),
    probe: () => probe({ client, settings: chosen.data, shop: keys.data.shop }),
    stock: stockOf(client.call, chosen.data, keys.data.shop),
    requests: requestsOf(client.call),
    returns: returnsOf(client.call),
    ensureWebhooks: (url, known) => ensureWebhooks(client.call, url, known),
  };
}

/** An order is read by the places it was imported with: they tell which of its pieces keep a line's own id. */
function taking<Context extends OrderContext>(context: Context, takes: TakenPlaces | undefined): Context {
  if (!takes) return context;
  const { fulfillmentLocation } = context.settings;
  const settings = {
    ...context.settings,
    filterByLocation: takes.location !== null,
    fulfillmentLocation: takes.location ?? fulfillmentLocation,
    fulfillmentService: takes.service ?? allServices,
  };
  return { ...context, settings };
}

/** One call for all but the longest orders. The id is the number in Shopify's own links, not the name "#1001". */
async function fetchOrder(
  context: OrderContext & { now: () => Date },
  externalId: string,
  placedAt: string | null,
): Promise<MarketplaceOrder | null> {
  if (!/^\d+$/.test(externalId)) return null;
  const { orders, services } = await readOrders(readContext(context, 'live'), [externalId]);
  const order = orders[0]?.order;
  if (!order) {
    const ask: Ask = { lane: 'live', step: `looking for order ${externalId}`, about: { order: externalId } };
    await refuseOutOfSight(context.call, { externalId, placedAt }, context.now(), ask);
    return null;
  }
  if (isMalformed(order))
    throw new Failure('order_malformed', `Order ${externalId}: ${order.problem}.`, { order: externalId });
  return translate(order, context.settings, services);
}
