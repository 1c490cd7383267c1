import { Router } from 'express';
import { createStandIn, type StandIn } from '../stand-in.js';
import { adminRoutes, ledgerOf, type Ledger } from './admin-routes.js';
import { error } from './answers.js';
import { catalogueRoutes } from './catalogue-routes.js';
import { openInstall, openSigned } from './control-panel.js';
import { createDeliveries, type Deliveries } from './deliveries.js';
import { authenticate, countQuota } from './gate.js';
import { hookRoutes } from './hook-routes.js';
import { inventoryRoutes } from './inventory-routes.js';
import { createLife, type Life } from './life.js';
import { loginRoutes } from './login-routes.js';
import { orderRoutes } from './order-routes.js';
import type { OrderSpec } from './orders.js';
import { addSamples, type SampleKind } from './samples.js';
import { shipmentRoutes } from './shipment-routes.js';
import {
  createState,
  type SandboxOrder,
  type SandboxProduct,
  type SandboxSettings,
  type SandboxState,
} from './state.js';
import { addProduct, type NewProduct } from './stock.js';
import { settingsRoutes, storeRoutes } from './store-routes.js';

export interface BigcommerceSandboxOptions {
  seed?: number;
  /** BigCommerce's own where absent: 150 calls in 30 s. */
  settings?: Partial<SandboxSettings>;
  now?: () => Date;
  /** Waits between the tries of a webhook; BigCommerce's own go on for two days. */
  webhookRetryMs?: number[];
}

/** A stand-in for one BigCommerce store: V2 orders, V3 catalogue, inventory, settings, webhooks, and its control panel. */
export interface BigcommerceSandbox {
  standIn: StandIn;
  /** Changed at will by tests in the same process. */
  state: SandboxState;
  life: Life;
  deliveries: Deliveries;
  addOrders(specs: OrderSpec[]): SandboxOrder[];
  addSamples(count: number, kind?: SampleKind): SandboxOrder[];
  addProduct(product: NewProduct): SandboxProduct;
  /** What the owner's control panel opens: the app's auth callback, and its signed ones. */
  openInstall(callback: string): string;
  openSigned(callback: string): string;
  ledger(): Ledger;
  close(): Promise<void>;
}

const webhookRetryMs = [60, 180, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 50_400, 86_400].map((s) => s * 1_000);

export function createBigcommerceSandbox(options: BigcommerceSandboxOptions = {}): BigcommerceSandbox {
  const seed = options.seed ?? 1;
  const standIn = createStandIn({ seed });
  const state = createState({ seed, now: options.now ?? (() => new Date()), settings: options.settings ?? {} });
  const deliveries = createDeliveries({ state, seed, retryAfterMs: options.webhookRetryMs ?? webhookRetryMs });
  const life = createLife(state, deliveries);
  const store = Router({ mergeParams: true });
  store.use(countQuota(state), authenticate(state));
  store.use('/v2', storeRoutes(state), orderRoutes(state, standIn), shipmentRoutes(state, life));
  store.use('/v3', catalogueRoutes(state), inventoryRoutes(state, life), settingsRoutes(state), hookRoutes(state));
  standIn.app.use('/_sandbox', adminRoutes(state, life, deliveries));
  standIn.app.use(loginRoutes(state));
  standIn.app.use('/stores/:storeHash', store);
  standIn.app.use((request, response) => error(request, response, 404, 'The requested resource was not found.'));
  return {
    ...{ standIn, state, life, deliveries },
    addOrders: (specs) => specs.map((spec) => life.sell(spec)),
    addSamples: (count, kind) => addSamples(state, life, count, kind),
    addProduct: (product) => addProduct(state, product),
    openInstall: (callback) => openInstall(state, callback),
    openSigned: (callback) => openSigned(state, callback),
    ledger: () => ledgerOf(state, deliveries),
    close: () => {
      deliveries.close();
      return standIn.close();
    },
  };
}
