import { createStandIn, type StandIn } from '../stand-in.js';
import { adminRoutes, type ShipbobLedger, type WarehouseFloor } from './admin-routes.js';
import { orderAnswer } from './order-answers.js';
import { catalogueRoutes } from './catalogue-routes.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import { gate } from './gate.js';
import { orderRoutes } from './order-routes.js';
import { addProduct, type NewProduct } from './orders.js';
import { simulationRoutes } from './simulation-routes.js';
import { createState, type Order, type ShipbobState } from './state.js';
import { webhookRoutes } from './webhook-routes.js';
import { allocateWaiting, cancelShipments, shipParcels, type Parcel } from './work.js';

/** The personal access token that the stand-in takes. */
export const sandboxShipbobToken = 'sandbox-shipbob-token';

export interface ShipbobSandboxOptions {
  seed?: number;
  /** ShipBob allows 150 calls a minute. */
  limits?: { perMinute: number };
  now?: () => Date;
  /** How long a new order stays out of lists and look-ups. */
  visibilityLagMs?: number;
  /** Ships each order by itself after so long. */
  autoShip?: { afterMs: number };
  /** Takes a reference twice, as ShipBob promises not to. */
  acceptDuplicates?: boolean;
  /** Waits between the tries of a webhook; ShipBob's own go on for days. */
  webhookRetryMs?: number[];
}

/** A stand-in for ShipBob's 2026-01 API, with what happens in its warehouse. */
export interface ShipbobSandbox extends StandIn, WarehouseFloor {
  readonly state: ShipbobState;
}

export function createShipbobSandbox(options: ShipbobSandboxOptions = {}): ShipbobSandbox {
  const now = options.now ?? (() => new Date());
  const seed = options.seed ?? 1;
  const standIn = createStandIn({ seed });
  const closeServer = standIn.close.bind(standIn);
  const state = createState();
  const deliveries = createDeliveries({ state, seed, now, retryAfterMs: options.webhookRetryMs ?? [1_000, 5_000] });
  const timers = new Set<NodeJS.Timeout>();
  const sandbox: ShipbobSandbox = Object.assign(standIn, {
    state,
    deliveries,
    addProduct: (product: NewProduct) => void addProduct(state, product, now()),
    setStock: (sku: string, onHand: number) => setStock(state, sku, onHand, now()),
    ship: (order: string, parcels: Parcel[] = [{}]) => ship(find(state, order), parcels),
    shipEverything: () => state.orders.filter((order) => ship(order, [{}]) > 0).length,
    cancelByWarehouse: (order: string) => cancel(find(state, order)),
    ledger: () => ledger(state, deliveries),
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      deliveries.close();
      return closeServer();
    },
  });
  mount();
  return sandbox;

  function mount(): void {
    const { app } = standIn;
    const simulations = simulationRoutes(state, later, (order) => ship(order, [{}]));
    app.use('/_sandbox', adminRoutes(sandbox));
    app.use(gate({ token: sandboxShipbobToken, perMinute: options.limits?.perMinute ?? 150, now }));
    app.use('/2026-01', catalogueRoutes(state), webhookRoutes(state, now), simulations);
    app.use('/2026-01', orderRoutes({ state, standIn, deliveries, now, onCreated, ...orderQuirks(options) }));
    app.use(simulations);
    app.use((_request, response) => void response.status(404).end());
  }

  function onCreated(order: Order): void {
    if (options.autoShip) later(options.autoShip.afterMs, () => ship(order, [{}]));
  }

  function later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => (timers.delete(timer), work()), milliseconds);
    timers.add(timer.unref());
  }

  function ship(order: Order, parcels: Parcel[]): number {
    const announced = new Set(order.shipments.filter((each) => each.labelledAt !== null));
    const shipped = shipParcels(state, order, parcels, now());
    // The topic belongs to the printed label, so a parcel that was labelled before is not announced again.
    for (const shipment of shipped) if (!announced.has(shipment)) deliveries.announce('order.shipped', order, shipment);
    return shipped.length;
  }

  function cancel(order: Order): void {
    for (const { shipment, stopped } of cancelShipments(state, order, now()))
      if (stopped) deliveries.announce('order.shipment.cancelled', order, shipment);
  }
}

function orderQuirks(options: ShipbobSandboxOptions) {
  return { visibilityLagMs: options.visibilityLagMs ?? 0, acceptDuplicates: options.acceptDuplicates ?? false };
}

function find(state: ShipbobState, order: string): Order {
  const found = state.orders.find((each) => String(each.id) === order || each.reference === order);
  if (!found) throw new Error(`no order "${order}"`);
  return found;
}

function setStock(state: ShipbobState, sku: string, onHand: number, now: Date): void {
  const product = state.products.find((each) => each.sku === sku);
  if (!product) throw new Error(`no product "${sku}"`);
  product.onHand = onHand;
  allocateWaiting(state, now);
}

function ledger(state: ShipbobState, deliveries: Deliveries): ShipbobLedger {
  return {
    orders: state.orders.map((each) => orderAnswer(state, each)),
    shipments: state.orders.flatMap((order) =>
      order.shipments.map((each) => ({
        id: each.id,
        orderId: order.id,
        reference: order.reference,
        status: each.status,
        items: Object.fromEntries(each.contents),
      })),
    ),
    accidents: state.accidents,
    webhooks: deliveries.sent,
  };
}
