import { Router, type NextFunction, type Request, type Response } from 'express';
import type { DeliveryFaults } from '../deliveries.js';
import type { Deliveries } from './deliveries.js';
import type { PrivacyTopic, ShopFloor } from './shop-floor.js';
import type { Settings } from './state/settings.js';
import type { Shop } from './state/shop.js';
import type { Token } from './state/tokens.js';
import type { OrderSpec } from './work/add-orders.js';
import type { SampleKind } from './work/samples.js';
import type { ItemSpec, ServiceSpec } from './work/stock.js';

type Work = (body: never, request: Request) => unknown;

/** The shop floor over HTTP, for people and for tests of whole processes: nothing of this exists at Shopify. */
export function adminRoutes(shop: Shop, floor: ShopFloor, deliveries: Deliveries): Router {
  const router = Router();
  router.get('/ledger', (_request, response) => void response.json(floor.ledger()));
  on('post', '/orders', (specs: OrderSpec[]) => floor.addOrders(specs));
  on('post', '/samples', ({ count, kind }: { count: number; kind?: SampleKind }) => floor.addSamples(count, kind));
  on('patch', '/orders/:order', (change: object, { params }) => floor.changeOrder(String(params['order']), change));
  on('post', '/orders/:order/:action', (body: object, { params }) => {
    const action = orderActions(floor)[String(params['action'])];
    if (!action) throw new Error(`no action "${String(params['action'])}"`);
    return action(String(params['order']), body as never);
  });
  on('post', '/items', (spec: ItemSpec) => floor.addItem(spec));
  on('post', '/services', (spec: ServiceSpec) => floor.addService(spec));
  on('put', '/stock', (all: { sku: string; location: string; pieces: number }[]) =>
    all.forEach(({ sku, location, pieces }) => floor.setStock(sku, location, pieces)),
  );
  on('put', '/tokens', (tokens: Token[]) => void (shop.tokens = tokens));
  on('put', '/scopes', (scopes: string[]) => floor.setScopes(scopes));
  on('post', '/uninstall', () => floor.uninstall());
  on('post', '/reinstall', () => floor.reinstall());
  on('patch', '/settings', (settings: Partial<Settings>) => Object.assign(shop.settings, settings));
  on('put', '/deliveries/faults', (faults: DeliveryFaults) => void (deliveries.faults = faults));
  on('post', '/privacy', ({ topic, order }: { topic: PrivacyTopic; order?: string }) =>
    floor.sendPrivacyTopic(topic, order),
  );
  router.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(400).json({ error: error.message });
  });
  return router;

  function on(method: 'post' | 'put' | 'patch', path: string, work: Work): void {
    router[method](path, (request, response) => {
      const done = work((request.body ?? {}) as never, request);
      if (done === undefined) response.status(204).end();
      else response.status(method === 'post' ? 201 : 200).json(done);
    });
  }
}

function orderActions(floor: ShopFloor): Record<string, (order: string, body: never) => unknown> {
  return {
    line: floor.addLine,
    quantity: (order, { sku, quantity }: { sku: string; quantity: number }) => floor.setQuantity(order, sku, quantity),
    refund: floor.refund,
    cancel: (order, { reason }: { reason?: string }) => floor.cancel(order, reason),
    hold: floor.hold,
    release: (order) => floor.release(order),
    move: (order, { location }: { location: string }) => floor.move(order, location),
    fulfil: floor.fulfilElsewhere,
    request: (order) => floor.requestFulfillment(order),
    'request-cancellation': (order) => floor.requestCancellation(order),
    'cancel-fulfillment': (order) => floor.cancelFulfillment(order),
    return: floor.addReturn,
    dispose: floor.dispose,
    'close-return': (order) => floor.closeReturn(order),
  };
}
