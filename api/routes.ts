import { apiKeyRoutes } from './api-keys.js';
import { appNoticeRoutes } from './app-notices.js';
import { codecRoutes } from './codec.js';
import { connectorRoutes } from './connectors.js';
import { documentationRoutes } from './documentation.js';
import { installCallbackRoutes } from './install-callbacks.js';
import { listingRoutes } from './listings.js';
import { openApiDocument } from './openapi.js';
import { operationRoutes } from './operations.js';
import { orderActionRoutes } from './order-actions.js';
import { orderRoutes } from './orders.js';
import { privacyRequestRoutes } from './privacy-requests.js';
import { reconciliationRoutes } from './reconciliations.js';
import { returnRoutes } from './returns.js';
import type { Route } from './route.js';
import { shippingRuleRoutes } from './shipping-rules.js';
import { skippedOrderRoutes } from './skipped-orders.js';
import { stockRoutes } from './stock.js';
import { storeRoutes } from './stores.js';
import { tenantRoutes } from './tenants.js';
import { warehouseRoutes } from './warehouses.js';
import { webhookRoutes } from './webhooks.js';

/** Everything the API serves. What is not in this table does not exist. */
export const routes: readonly Route[] = [
  ...tenantRoutes,
  ...apiKeyRoutes,
  ...connectorRoutes,
  ...storeRoutes,
  ...warehouseRoutes,
  ...listingRoutes,
  ...shippingRuleRoutes,
  ...stockRoutes,
  ...orderRoutes,
  ...orderActionRoutes,
  ...skippedOrderRoutes,
  ...returnRoutes,
  ...privacyRequestRoutes,
  ...reconciliationRoutes,
  ...webhookRoutes,
  ...installCallbackRoutes,
  ...appNoticeRoutes,
  ...codecRoutes,
  ...operationRoutes,
  ...documentationRoutes(() => ({ routes, document: openApiDocument(routes) })),
];
