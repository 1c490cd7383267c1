import { findProduct } from './state.js';
import type { Contents, Order, Product, Shipment, ShipbobState } from './state.js';

/** One parcel of a shipping order: what is in it and what its label says; left out, all that is open goes in it. */
export interface Parcel {
  items?: { sku: string; quantity: number }[];
  /** Packs the parcel in cartons; their sum is its content. */
  cartons?: { sku: string; quantity: number }[][];
  carrier?: string;
  service?: string;
  /** Null ships without a number. */
  trackingNumber?: string | null;
  /** Prints the label and leaves the parcel in the building. */
  labelOnly?: boolean;
}

const open = (shipment: Shipment) => shipment.status === 'Processing' || shipment.status === 'Exception';

/** A shipment that waits for people, or as an exception for stock. */
export function openShipment(state: ShipbobState, contents: Contents, now: Date): Shipment {
  const shipment: Shipment = {
    id: state.nextId(),
    status: 'Exception',
    contents,
    cartons: [],
    tracking: null,
    createdAt: now,
    updatedAt: now,
    labelledAt: null,
    allocated: false,
    detail: { id: 303, name: 'OutOfStock', description: 'No Stock On Hand For Sku' },
  };
  allocate(state, shipment);
  return shipment;
}

/** Stock came in: shipments that waited for it go on, oldest first. */
export function allocateWaiting(state: ShipbobState, now: Date): void {
  for (const order of state.orders)
    for (const shipment of order.shipments)
      if (shipment.status === 'Exception' && allocate(state, shipment)) touch(order, shipment, now);
}

function allocate(state: ShipbobState, shipment: Shipment): boolean {
  const needs = stockNeeds(state, shipment.contents);
  if (needs.some((need) => need.product.onHand - need.product.committed < need.quantity)) return false;
  for (const need of needs) need.product.committed += need.quantity;
  shipment.allocated = true;
  shipment.status = 'Processing';
  shipment.detail = null;
  return true;
}

function release(state: ShipbobState, shipment: Shipment): void {
  if (!shipment.allocated) return;
  for (const need of stockNeeds(state, shipment.contents)) need.product.committed -= need.quantity;
  shipment.allocated = false;
}

/** Pieces of stock behind the contents: a bundle needs its components. */
function stockNeeds(state: ShipbobState, contents: Contents): { product: Product; quantity: number }[] {
  return [...contents].flatMap(([reference, quantity]) => {
    const product = findProduct(state, reference);
    if (!product) return [];
    if (product.bundle.length === 0) return [{ product, quantity }];
    return product.bundle.flatMap((part) => {
      const component = findProduct(state, part.sku);
      return component ? [{ product: component, quantity: part.quantity * quantity }] : [];
    });
  });
}

/**
 * Ships parcels of an order and gives back their shipments. What a parcel leaves out stays open in a shipment of its
 * own, as ShipBob splits orders. Labelled parcels that waited leave with the next call.
 */
export function shipParcels(state: ShipbobState, order: Order, parcels: Parcel[], now: Date): Shipment[] {
  const shipped: Shipment[] = [];
  for (const waiting of order.shipments.filter((each) => each.status === 'LabeledCreated')) {
    complete(state, order, waiting, now);
    shipped.push(waiting);
  }
  for (const parcel of parcels) {
    const source = order.shipments.find(open);
    if (!source) break;
    const shipment = split(state, order, source, contentsOf(parcel), now);
    shipment.cartons = (parcel.cartons ?? []).map((items) => ({ id: state.nextId(), contents: toContents(items) }));
    label(shipment, parcel, now);
    if (!parcel.labelOnly) complete(state, order, shipment, now);
    touch(order, shipment, now);
    shipped.push(shipment);
  }
  return shipped;
}

function contentsOf(parcel: Parcel): Contents | null {
  const items = parcel.items ?? parcel.cartons?.flat();
  return items ? toContents(items) : null;
}

function toContents(items: { sku: string; quantity: number }[]): Contents {
  const contents: Contents = new Map();
  for (const item of items) contents.set(item.sku, (contents.get(item.sku) ?? 0) + item.quantity);
  return contents;
}

/** Takes the parcel's content out of the open shipment; the same shipment if nothing is left behind. */
function split(state: ShipbobState, order: Order, source: Shipment, wanted: Contents | null, now: Date): Shipment {
  const rest: Contents = new Map();
  for (const [sku, quantity] of source.contents) {
    const left = quantity - (wanted ? (wanted.get(sku) ?? 0) : quantity);
    if (left > 0) rest.set(sku, left);
  }
  release(state, source);
  if (wanted) source.contents = wanted;
  if (rest.size > 0) order.shipments.push(openShipment(state, rest, now));
  return source;
}

function label(shipment: Shipment, parcel: Parcel, now: Date): void {
  shipment.status = 'LabeledCreated';
  shipment.detail = null;
  shipment.labelledAt = now;
  shipment.tracking = {
    carrier: parcel.carrier ?? 'USPS',
    service: parcel.service ?? 'GroundAdvantage',
    number: parcel.trackingNumber === undefined ? `9400${shipment.id}` : parcel.trackingNumber,
    shippedAt: null,
  };
}

function complete(state: ShipbobState, order: Order, shipment: Shipment, now: Date): void {
  shipment.status = 'Completed';
  if (shipment.tracking) shipment.tracking.shippedAt = now;
  for (const need of stockNeeds(state, shipment.contents))
    need.product.onHand = Math.max(0, need.product.onHand - need.quantity);
  touch(order, shipment, now);
}

/** What happened to one shipment of a cancelled order. */
export interface CancelOutcome {
  shipment: Shipment;
  stopped: boolean;
}

export function cancelShipments(state: ShipbobState, order: Order, now: Date): CancelOutcome[] {
  return order.shipments
    .filter((each) => each.status !== 'Cancelled')
    .map((shipment) => {
      const stopped = shipment.status !== 'Completed' && shipment.status !== 'LabeledCreated';
      if (stopped) {
        release(state, shipment);
        shipment.status = 'Cancelled';
        touch(order, shipment, now);
      }
      return { shipment, stopped };
    });
}

function touch(order: Order, shipment: Shipment, now: Date): void {
  shipment.updatedAt = now;
  order.updatedAt = now;
}
