import type { Marketplace, Notice } from '../../connectors/marketplaces/port.js';
import type { Failure } from '../../domain/failures.js';
import type { MarketplaceOrder } from '../../domain/order.js';
import type { ProbeReport } from '../../domain/store.js';
import { anOrder } from '../domain/given.js';
import { sampleAddress } from '../workflows/addresses.js';

export type ScriptedShop = ReturnType<typeof scriptedShop>;

/**
 * A marketplace in memory behind the real port, for what people change there after the import. It lists every order it
 * has at each pass and counts an order as shipped once all its pieces are in notices.
 */
export function scriptedShop() {
  const orders = new Map<string, MarketplaceOrder>();
  const notices: Notice[] = [];
  const calls: string[] = [];
  let sold = 0;
  const shop = {
    orders,
    notices,
    calls,
    probe: { permissions: [], accounts: ['acme'], problems: [] } as ProbeReport,
    /** Orders that cannot be fetched, each with the refusal. */
    refused: new Map<string, Failure>(),
    /** What keeps every call from working. */
    down: null as Failure | null,
    webhooks: { registered: [] as string[], mended: [] as string[], problem: null as Failure | null },
    sell(order: Partial<MarketplaceOrder> = {}): string {
      const externalId = `S${100 + (sold += 1)}`;
      const complete = anOrder({ shipTo: sampleAddress, placedAt: new Date().toISOString(), vendor: null, ...order });
      orders.set(externalId, { ...complete, externalId });
      return externalId;
    },
    change(externalId: string, change: Partial<MarketplaceOrder>): void {
      orders.set(externalId, { ...orders.get(externalId)!, ...change });
    },
  };
  const call = (name: string): void => {
    calls.push(name);
    if (shop.down) throw shop.down;
  };
  const marketplace: Marketplace = {
    settleMs: 1_000,
    takesParts: true,
    listOrders: async () => {
      call('listOrders');
      return { orders: structuredClone([...orders.values()]), malformed: [], nextPage: null };
    },
    fetchOrder: async (externalId) => {
      call(`fetchOrder ${externalId}`);
      const refusal = shop.refused.get(externalId);
      if (refusal) throw refusal;
      return structuredClone(orders.get(externalId) ?? null);
    },
    notices: ({ externalId, packageId, lines, carrier, trackingNumber, trackingUrl, shippedAt, placedAt }) => [
      {
        ...{
          externalId,
          packageId,
          part: 'all',
          carrier: carrier ?? '',
          trackingNumber,
          trackingUrl,
          shippedAt,
          placedAt,
        },
        lines: lines.map(({ lineId, quantity }) => ({ lineId, quantity })),
      },
    ],
    findNotice: async (notice) => {
      call('findNotice');
      const found = notices.find((each) => JSON.stringify(each) === JSON.stringify(notice));
      if (!found) return null;
      const { carrier, trackingNumber } = found;
      return { readAt: new Date().toISOString(), carrier, trackingNumber, answer: {} };
    },
    postNotice: async (notice) => {
      call('postNotice');
      notices.push(notice);
      const order = orders.get(notice.externalId)!;
      const told = (lineId: string) =>
        notices
          .filter((each) => each.externalId === notice.externalId)
          .flatMap((each) => each.lines)
          .reduce((sum, line) => sum + (line.lineId === lineId ? line.quantity : 0), 0);
      shop.change(notice.externalId, {
        partlyShipped: true,
        shippedAtMarketplace: order.lines.every((line) => told(line.lineId) >= line.wanted),
        lines: order.lines.map((line) => ({ ...line, quantity: Math.max(1, line.wanted - told(line.lineId)) })),
      });
    },
    probe: async () => {
      call('probe');
      return shop.probe;
    },
    stock: null,
    requests: null,
    returns: null,
    ensureWebhooks: async (url, known) => {
      call('ensureWebhooks');
      if (shop.webhooks.problem) throw shop.webhooks.problem;
      shop.webhooks.registered.push(url);
      return { keep: known ?? { secret: 'a secret of the shop' }, mended: shop.webhooks.mended.splice(0) };
    },
  };
  return Object.assign(shop, { marketplace });
}
