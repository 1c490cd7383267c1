import type { Deliveries } from './deliveries.js';
import { ledgerOf, type Ledger } from './ledger.js';
import type { FulfillmentOrder } from './state/fulfillments.js';
import type { Order, Return } from './state/orders.js';
import { moment, type Shop } from './state/shop.js';
import { sandboxShopDomain } from './state/tokens.js';
import { addOrder, type LineSpec, type OrderSpec } from './work/add-orders.js';
import { addLine, changeOrder, refundOrder, setQuantity, type OrderChange, type RefundSpec } from './work/edits.js';
import { levelOf, locationOf } from './work/lookups.js';
import * as merchant from './work/merchant.js';
import { cancelOrder } from './work/orders.js';
import { addReturn, closeReturn, dispose, type DispositionSpec, type ReturnSpec } from './work/returns.js';
import { addSamples, type SampleKind } from './work/samples.js';
import { addItem, addService, openLevel, setOnHand, type ItemSpec, type ServiceSpec } from './work/stock.js';

export type PrivacyTopic = 'customers/data_request' | 'customers/redact' | 'shop/redact';

/** What people do in the shop, in process; the admin routes offer the same over HTTP. An order goes by name or number. */
export type ShopFloor = ReturnType<typeof createShopFloor>;

export function createShopFloor(shop: Shop, deliveries: Deliveries) {
  const order = (named: string | number) => orderNamed(shop, named);
  return {
    addOrders: (specs: OrderSpec[]): Order[] => specs.map((spec) => addOrder(shop, spec)),
    addSamples: (count: number, kind?: SampleKind): Order[] => addSamples(shop, count, kind),
    changeOrder: (named: string, change: OrderChange) => changeOrder(shop, order(named), change),
    addLine: (named: string, spec: LineSpec) => addLine(shop, order(named), spec),
    setQuantity: (named: string, sku: string, quantity: number) => setQuantity(shop, order(named), sku, quantity),
    refund: (named: string, spec: RefundSpec) => refundOrder(shop, order(named), spec),
    cancel: (named: string, reason?: string) => cancelOrder(shop, order(named), reason),
    hold: (named: string, parts?: { reason?: string; notes?: string }) => merchant.hold(shop, order(named), parts),
    release: (named: string) => merchant.release(shop, order(named)),
    move: (named: string, location: string) => merchant.move(shop, order(named), location),
    fulfilElsewhere: (named: string, spec?: { sku?: string; number?: string }) =>
      merchant.fulfilElsewhere(shop, order(named), spec),
    cancelFulfillment: (named: string) => merchant.cancelFulfillment(shop, order(named)),
    requestFulfillment: (named: string) => ping(merchant.requestFulfillment(shop, order(named)), 'FULFILLMENT_REQUEST'),
    requestCancellation: (named: string) =>
      ping(merchant.requestCancellation(shop, order(named)), 'CANCELLATION_REQUEST'),
    addReturn: (named: string, spec: ReturnSpec): Return => addReturn(shop, order(named), spec),
    dispose: (named: string, spec: DispositionSpec) => dispose(shop, order(named), spec),
    closeReturn: (named: string) => closeReturn(shop, order(named)),
    addItem: (spec: ItemSpec) => addItem(shop, spec),
    addService: (spec: ServiceSpec) => addService(shop, spec),
    setStock,
    uninstall,
    reinstall: () => void shop.tokens.forEach((token) => (token.revoked = false)),
    setScopes,
    sendPrivacyTopic,
    ledger: (): Ledger => ledgerOf(shop, deliveries.sent),
  };

  /** Of every item of the SKU; a location that did not stock it does from now on. */
  function setStock(sku: string, location: string, pieces: number): void {
    const { id } = locationOf(shop, location);
    for (const item of shop.items.filter((each) => each.sku === sku))
      setOnHand(shop, levelOf(shop, item.id, id) ?? openLevel(shop, item.id, id), pieces);
  }

  /** A service learns that it is asked for something, not for what (reference/shopify.md §4). */
  function ping(asked: FulfillmentOrder[], kind: string): void {
    const locations = new Set(asked.map((each) => each.locationId));
    for (const { callbackUrl, locationId } of shop.services)
      if (callbackUrl !== null && locations.has(locationId))
        deliveries.post('fulfillment_order_notification', `${callbackUrl}/fulfillment_order_notification`, { kind });
  }

  /** The tokens are dead before the notification goes, and the subscriptions go with it. */
  function uninstall(): void {
    for (const token of shop.tokens) token.revoked = true;
    shop.announce('APP_UNINSTALLED', { id: 1, name: shop.settings.shopName, myshopify_domain: sandboxShopDomain });
    shop.subscriptions = [];
  }

  function setScopes(scopes: string[]): void {
    const previous = shop.tokens[0]!.scopes;
    for (const token of shop.tokens) token.scopes = [...scopes];
    shop.announce('APP_SCOPES_UPDATE', { id: 1, previous, current: scopes, updated_at: moment(shop) });
  }

  function sendPrivacyTopic(topic: PrivacyTopic, named?: string): void {
    if (shop.settings.complianceUrl === null) throw new Error('the app names no address for the privacy topics');
    deliveries.post(
      topic,
      shop.settings.complianceUrl,
      privacyBody(shop, topic, named === undefined ? null : order(named)),
    );
  }
}

function privacyBody(shop: Shop, topic: string, order: Order | null): object {
  const base = { shop_id: 1, shop_domain: sandboxShopDomain };
  if (order === null) return base;
  const customer = { id: order.customerId, email: order.email, phone: order.phone };
  return topic === 'customers/redact'
    ? { ...base, customer, orders_to_redact: [order.id] }
    : { ...base, customer, orders_requested: [order.id], data_request: { id: shop.nextId() } };
}

function orderNamed(shop: Shop, named: string | number): Order {
  const found = shop.orders.find(
    (each) => String(each.id) === String(named) || each.name.replace('#', '') === String(named).replace('#', ''),
  );
  if (!found) throw new Error(`no order "${named}"`);
  return found;
}
