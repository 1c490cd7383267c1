import { Failure } from '../../../domain/failures.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { Marketplace } from '../port.js';
import { createClient } from './client.js';
import { credentials, rules, settings } from './configuration.js';
import { fetchOrder } from './fetch-order.js';
import { install } from './install.js';
import { listOrders } from './list-orders.js';
import { readNews } from './news.js';
import { findNotice, notices, postNotice } from './notices.js';
import { probe } from './probe.js';
import { createStock } from './stock.js';
import { ensureWebhooks } from './webhooks.js';

/**
 * How soon a shipment can be read back is not documented. Two minutes of looking cost nothing; a shipment written twice
 * mails the customer twice.
 */
const settleMs = 120_000;

export const bigcommerce = {
  title: 'BigCommerce',
  noStock: null,
  credentials,
  settings,
  connect,
  rules,
  readNews,
  install,
};

/** Throws Failure when the saved credentials or settings do not fit this version. */
function connect(options: ConnectOptions<{ perSecond: number }>): Marketplace {
  const account = credentials.safeParse(options.credentials);
  if (!account.success)
    throw new Failure('credentials_refused', 'The saved BigCommerce credentials hold no usable store hash and token.');
  const chosen = settings.safeParse(options.settings);
  if (!chosen.success) throw new Failure('internal', 'The saved BigCommerce settings do not fit this version.');
  const call = createClient({ ...options, credentials: account.data });
  const context = { call, now: options.now };
  return {
    settleMs,
    takesParts: false,
    listOrders: (request) => listOrders(call, request),
    fetchOrder: (orderId) => fetchOrder(call, orderId),
    notices,
    findNotice: (notice) => findNotice(context, notice),
    postNotice: (notice) => postNotice(context, notice),
    probe: () => probe({ call, credentials: account.data, settings: chosen.data }),
    stock: createStock(call, chosen.data, account.data.storeHash),
    ensureWebhooks: (url, known) => ensureWebhooks(call, url, known),
    requests: null,
    returns: null,
  };
}
