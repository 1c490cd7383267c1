import { Router, type Request, type Response } from 'express';
import type { DeliveryFaults } from '../deliveries.js';
import { openInstall, openSigned } from './control-panel.js';
import type { Deliveries } from './deliveries.js';
import type { Life } from './life.js';
import { findOrder, type OrderSpec } from './orders.js';
import { addSamples, type SampleKind } from './samples.js';
import type { SandboxOrder, SandboxProduct, SandboxSettings, SandboxState, SandboxToken } from './state.js';

/** What a person or a test does to the sandbox from outside: nothing of this exists at BigCommerce. */
export function adminRoutes(state: SandboxState, life: Life, deliveries: Deliveries): Router {
  const router = Router();
  const onOrder = (act: (order: SandboxOrder, request: Request) => void) => (request: Request, response: Response) => {
    const order = findOrder(state, request.params['id']);
    if (!order) return void response.status(404).end();
    act(order, request);
    response.json(order);
  };
  router.post('/orders', (request, response) => {
    response.status(201).json((request.body as OrderSpec[]).map((spec) => life.sell(spec)));
  });
  router.post('/samples', (request, response) => {
    const { count, kind } = request.body as { count: number; kind?: SampleKind };
    response.status(201).json(addSamples(state, life, count, kind));
  });
  router.put(
    '/orders/:id/status',
    onOrder((order, request) => life.setStatus(order, (request.body as { statusId: number }).statusId)),
  );
  router.post(
    '/orders/:id/refund',
    onOrder((order, request) => {
      const { lineId, quantity } = request.body as { lineId?: number; quantity?: number };
      life.refund(order, lineId, quantity);
    }),
  );
  router.post('/orders/:id/archive', onOrder((order) => life.archive(order))); // prettier-ignore
  router.post('/uninstall', (request, response) => {
    life.uninstall((request.body as { accessToken: string }).accessToken);
    response.status(204).end();
  });
  router.post('/install', (request, response) => {
    response.json({ url: openInstall(state, (request.body as { callback: string }).callback) });
  });
  router.post('/signed-call', (request, response) => {
    response.json({ url: openSigned(state, (request.body as { callback: string }).callback) });
  });
  router.put('/tokens', (request, response) => {
    state.tokens = request.body as SandboxToken[];
    response.status(204).end();
  });
  router.patch('/products/:id', (request, response) => {
    const product = state.products.find((each) => String(each.id) === request.params.id);
    if (!product) return void response.status(404).end();
    Object.assign(product, request.body as Partial<SandboxProduct>);
    response.json(product);
  });
  router.patch('/settings', (request, response) => {
    Object.assign(state.settings, request.body as Partial<SandboxSettings>);
    response.json(state.settings);
  });
  router.put('/deliveries', (request, response) => {
    deliveries.faults = request.body as DeliveryFaults;
    response.status(204).end();
  });
  router.delete('/hooks', (_request, response) => {
    state.hooks = [];
    response.status(204).end();
  });
  router.get('/ledger', (_request, response) => void response.json(ledgerOf(state, deliveries)));
  return router;
}

export type Ledger = ReturnType<typeof ledgerOf>;

/** The truth of what was written: a copy, so that a test can compare two of them. */
export function ledgerOf(state: SandboxState, deliveries: Deliveries) {
  const { orders, shipments, mails, stockWrites, hooks } = state;
  return structuredClone({
    ...{ orders, shipments, mails, stockWrites, hooks },
    stock: Object.fromEntries(state.stock),
    deliveries: deliveries.sent,
  });
}
