import { Router, type Response } from 'express';
import type { DeliveryFaults } from '../deliveries.js';
import type { Deliveries } from './deliveries.js';
import type { NewProduct } from './orders.js';
import type { ShipbobState } from './state.js';
import type { Parcel } from './work.js';

/** What a person at the warehouse does; orders are named by their id or our reference. */
export interface WarehouseFloor {
  readonly deliveries: Deliveries;
  addProduct(product: NewProduct): void;
  setStock(sku: string, onHand: number): void;
  /** One parcel with everything open if `parcels` is left out. */
  ship(order: string, parcels?: Parcel[]): void;
  /** Gives back how many orders had something to ship. */
  shipEverything(): number;
  cancelByWarehouse(order: string): void;
  ledger(): ShipbobLedger;
}

export interface ShipbobLedger {
  orders: Record<string, unknown>[];
  shipments: { id: number; orderId: number; reference: string; status: string; items: Record<string, number> }[];
  /** What a careful client never causes. */
  accidents: ShipbobState['accidents'];
  webhooks: Deliveries['sent'];
}

/** The same over HTTP, under /_sandbox. */
export function adminRoutes(floor: WarehouseFloor): Router {
  const router = Router();
  router.get('/ledger', (_request, response) => void response.json(floor.ledger()));
  router.post('/products', (request, response) => {
    for (const product of request.body as NewProduct[]) floor.addProduct(product);
    response.status(204).end();
  });
  router.put('/stock/:sku', (request, response) =>
    answer(response, () => floor.setStock(request.params['sku'], Number((request.body as { onHand: number }).onHand))),
  );
  router.post('/ship', (_request, response) => void response.json({ orders: floor.shipEverything() }));
  router.post('/orders/:order/ship', (request, response) =>
    answer(response, () => floor.ship(request.params['order'], (request.body as { parcels?: Parcel[] }).parcels)),
  );
  router.post('/orders/:order/cancel', (request, response) =>
    answer(response, () => floor.cancelByWarehouse(request.params['order'])),
  );
  router.put('/webhook-faults', (request, response) => {
    floor.deliveries.faults = request.body as DeliveryFaults;
    response.status(204).end();
  });
  return router;
}

function answer(response: Response, work: () => void): void {
  try {
    work();
    response.status(204).end();
  } catch (error) {
    response.status(404).json({ error: error instanceof Error ? error.message : 'unknown' });
  }
}
