import { randomUUID } from 'node:crypto';
import { Router } from 'express';
import { z } from 'zod';
import type { Order, ShipbobState } from './state.js';

const body = z.object({
  shipment_id: z.number().int(),
  simulation: z.object({ action: z.enum(['ShipOrder', 'DeliverOrder']), delay: z.number().min(0).default(0) }),
});

/** ShipBob's own way to make its sandbox ship, outside the published API (reference/warehouses.md §2.5). */
export function simulationRoutes(
  state: ShipbobState,
  later: (milliseconds: number, work: () => void) => void,
  ship: (order: Order) => void,
): Router {
  const done = new Map<string, boolean>();
  const router = Router();
  router.post('/simulate/shipment', (request, response) => {
    const parsed = body.safeParse(request.body);
    if (!parsed.success)
      return void response.status(422).json({ errors: parsed.error.issues.map((each) => each.message) });
    const order = state.orders.find((each) => each.shipments.some((one) => one.id === parsed.data.shipment_id));
    if (!order) return void response.status(404).end();
    const id = randomUUID();
    done.set(id, false);
    later(parsed.data.simulation.delay * 60_000, () => {
      ship(order);
      done.set(id, true);
    });
    response.json({ simulation_id: id, message: 'Simulation accepted' });
  });
  router.get('/simulate/status/:id', (request, response) => {
    const status = done.get(request.params['id']);
    if (status === undefined) response.status(404).end();
    else response.json({ simulation_id: request.params['id'], status: status ? 'Completed' : 'Pending' });
  });
  return router;
}
