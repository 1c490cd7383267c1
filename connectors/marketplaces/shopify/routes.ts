import type { Services } from './read-orders.js';
import type { WireFulfillmentOrder, WireOrder } from './order-wire.js';

/** The pieces of one line that one fulfillment order still has to send, and where it is. */
export interface Route {
  lineId: string;
  remaining: number;
  location: string | null;
  /** Handle of the service whose location it is; "manual" for the merchant's own, null where nobody asked. */
  service: string | null;
  from: WireFulfillmentOrder;
}

/** Everything else may still ship, statuses among it that do not exist yet. */
const over = ['CLOSED', 'CANCELLED'];

export function routesOf(order: WireOrder, services: Services | null): Route[] {
  return order.fulfillmentOrders.nodes
    .filter((each) => !over.includes(each.status))
    .flatMap((from) => {
      const location = from.assignedLocation.location?.id ?? null;
      const service = services && (services.get(location ?? '') ?? 'manual');
      return from.lineItems.nodes
        .filter((line) => line.remainingQuantity > 0)
        .map((line) => ({ lineId: line.lineItem.id, remaining: line.remainingQuantity, location, service, from }));
    });
}

/**
 * Pieces of one line by who sends them: what the store takes as one, each other location for itself. Where the store
 * takes nothing of it, the first location stands for the line.
 */
export function partsOf(
  routes: Route[],
  isTaken: (route: Route) => boolean,
): { own: Route | undefined; others: Route[] } {
  const taken = routes.filter(isTaken);
  const [own] = taken;
  const others = atEachLocation(routes.filter((route) => !isTaken(route)));
  if (own) return { own: { ...own, remaining: sum(taken) }, others };
  return { own: others[0], others: others.slice(1) };
}

function atEachLocation(routes: Route[]): Route[] {
  const merged = new Map<string | null, Route>();
  for (const route of routes) {
    const before = merged.get(route.location);
    merged.set(route.location, { ...route, remaining: route.remaining + (before?.remaining ?? 0) });
  }
  return [...merged.values()];
}

const sum = (routes: Route[]): number => routes.reduce((total, route) => total + route.remaining, 0);
