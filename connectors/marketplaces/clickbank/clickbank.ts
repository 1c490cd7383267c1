import { Failure } from '../../../domain/failures.js';
import { everyOrder, type ImportRules } from '../../../domain/import-decision.js';
import type { MarketplaceOrder } from '../../../domain/order.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { Marketplace } from '../port.js';
import type { Clickbank } from './calls.js';
import { createClient } from './client.js';
import { authorization, credentials, settings, type Settings } from './configuration.js';
import { listOrders } from './list-orders.js';
import { findNotice, notices, postNotice } from './notices.js';
import { probe } from './probe.js';
import { shippingPage } from './shipping-lists.js';
import { isMalformed, readShippingRow, receiptOf, translate } from './translate.js';

type ClickbankOptions = ConnectOptions<{ perSecond: number }>;

/**
 * How soon a posted notice can be read is not documented. Two minutes of looking cost nothing; a notice posted twice
 * mails the customer twice.
 */
const settleMs = 120_000;

export const clickbank = {
  title: 'ClickBank',
  noStock: 'ClickBank has no field for stock anywhere, so there is none to keep in step.',
  ...{ credentials, settings, connect, rules, readNews: null, install: null },
};

/** The nickname whose orders alone are imported (R35); null for all that the key reads. */
function rules(saved: unknown): ImportRules {
  return { ...everyOrder, vendor: settings.parse(saved).vendor };
}

/** Throws Failure when the saved credentials or settings do not fit this version. */
function connect(options: ClickbankOptions): Marketplace {
  const keys = credentials.safeParse(options.credentials);
  if (!keys.success) throw new Failure('credentials_refused', 'The saved ClickBank credentials hold no usable key.');
  const chosen = settings.safeParse(options.settings);
  if (!chosen.success) throw new Failure('internal', 'The saved ClickBank settings do not fit this version.');
  const call = createClient({ ...options, authorization: authorization(keys.data) });
  const context = { call, settings: chosen.data, now: options.now };
  return {
    settleMs,
    takesParts: true,
    listOrders: (request) => listOrders(context, request),
    fetchOrder: (receipt) => fetchOrder(call, chosen.data, receipt),
    notices: (writeback) => notices(chosen.data, writeback),
    findNotice: (notice) => findNotice(context, notice),
    postNotice: (notice) => postNotice(context, notice),
    probe: () => probe(context),
    ...{ stock: null, requests: null, returns: null },
    ensureWebhooks: null,
  };
}

/**
 * One call, made right before goods are asked for. ClickBank ignores every other parameter beside `receipt`, so the
 * answer cannot say whether the receipt was shipped: shippedAtMarketplace is false here, and a notice somebody else
 * posted is seen when the ship notice is read before it is written.
 */
async function fetchOrder(call: Clickbank, chosen: Settings, receipt: string): Promise<MarketplaceOrder | null> {
  const query = { status: 'all', receipt } as const;
  const listing = await shippingPage(call, chosen.shippingService, { query, page: 1, lane: 'live' });
  const raw = listing.rows.find((row) => receiptOf(row) === receipt);
  if (raw === undefined) return null;
  const row = readShippingRow(raw);
  const order = isMalformed(row) ? row : translate(row, null, false);
  if (isMalformed(order)) throw new Failure('order_malformed', `Receipt ${receipt}: ${order.problem}.`, { receipt });
  return order;
}
