import type { Deliveries } from './deliveries.js';
import { addOrder, isParcelGoods, openPieces, statusAfterShipment, type OrderSpec } from './orders.js';
import { newId, type SandboxOrder, type SandboxShipment, type SandboxState } from './state.js';
import { stockBehavior, takeOff, type Item } from './stock.js';

/** What shoppers, merchants and apps do to a store; each says what BigCommerce would announce. */
export interface Life {
  sell(spec: OrderSpec): SandboxOrder;
  setStatus(order: SandboxOrder, statusId: number): void;
  /** Refunds pieces of a line, or of every line all that is left. */
  refund(order: SandboxOrder, lineId?: number, quantity?: number): void;
  /** The merchant changes an order in the control panel. */
  edit(order: SandboxOrder, change: (order: SandboxOrder) => void): void;
  archive(order: SandboxOrder): void;
  ship(order: SandboxOrder, shipment: Omit<SandboxShipment, 'id' | 'orderId' | 'createdAt'>): SandboxShipment;
  stockChanged(changed: Item[], byOrder: boolean): void;
  /** The app is taken off the store: its token ends, its hooks go. */
  uninstall(accessToken: string): void;
}

export function createLife(state: SandboxState, deliveries: Deliveries): Life {
  const now = () => state.now().toISOString();
  const announce = (scope: string, order: SandboxOrder, more: Record<string, unknown> = {}) =>
    deliveries.announce(`store/order/${scope}`, { type: 'order', id: order.id, ...more });
  const touch = (order: SandboxOrder) => {
    order.modifiedAt = now();
    announce('updated', order);
  };
  const life: Life = {
    sell(spec) {
      const order = addOrder(state, spec);
      if (order.statusId !== 0 && stockBehavior(state, order) === 'order_placed')
        life.stockChanged(takeOff(state, order.lines), true);
      announce('created', order);
      return order;
    },
    setStatus(order, statusId) {
      const status = { previous_status_id: order.statusId, new_status_id: statusId };
      order.statusId = statusId;
      touch(order);
      if (status.previous_status_id !== statusId) announce('statusUpdated', order, { status });
    },
    refund(order, lineId, quantity) {
      const lines = order.lines.filter((line) => lineId === undefined || line.id === lineId);
      for (const line of lines) line.refunded += quantity ?? line.quantity - line.refunded;
      announce('refund/created', order, { refund: { refund_id: newId(state) } });
      // A refund fires this too (reference/bigcommerce.md §4).
      life.setStatus(order, order.lines.every((line) => line.refunded >= line.quantity) ? 4 : 14);
    },
    edit(order, change) {
      change(order);
      touch(order);
    },
    archive(order) {
      order.archived = true;
      order.modifiedAt = now();
      announce('archived', order);
    },
    ship(order, told) {
      const shipment = { ...told, id: newId(state), orderId: order.id, createdAt: now() };
      state.shipments.push(shipment);
      state.mails.push({ orderId: order.id, shipmentId: shipment.id });
      for (const item of told.items) {
        const line = order.lines.find((each) => each.id === item.order_product_id)!;
        line.shipped += item.quantity;
        if (stockBehavior(state, order) === 'order_completed_or_shipped')
          life.stockChanged(takeOff(state, [{ sku: line.sku, quantity: item.quantity }]), true);
      }
      deliveries.announce('store/shipment/created', { type: 'shipment', id: shipment.id, orderId: order.id });
      if (order.lines.filter(isParcelGoods).every((line) => openPieces(line) <= 0)) order.shippedAt = now();
      life.setStatus(order, statusAfterShipment(order));
      return shipment;
    },
    stockChanged(changed, byOrder) {
      const family = byOrder ? 'inventory/order/updated' : 'inventory/updated';
      for (const { product, variant } of changed) {
        const ids = { product_id: product.id, method: byOrder ? 'relative' : 'absolute', value: 0 };
        if (product.tracking === 'variant')
          deliveries.announce(`store/sku/${family}`, {
            type: 'sku',
            id: variant.skuId ?? variant.id,
            inventory: { ...ids, variant_id: variant.id },
          });
        else deliveries.announce(`store/product/${family}`, { type: 'product', id: product.id, inventory: ids });
      }
    },
    uninstall(accessToken) {
      const gone = state.tokens.find((token) => token.accessToken === accessToken);
      if (!gone) return;
      deliveries.announce('store/app/uninstalled', { type: 'app', id: 1 });
      state.tokens = state.tokens.filter((token) => token !== gone);
      state.hooks = state.hooks.filter((hook) => hook.clientId !== gone.clientId);
    },
  };
  return life;
}
