import { randomUUID } from 'node:crypto';
import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { listIn, sendV3List, v3Error } from './answers.js';
import { needs } from './gate.js';
import type { Life } from './life.js';
import type { SandboxLocation, SandboxState } from './state.js';
import { items, onHand, stockKey, type Item } from './stock.js';

/** Locations, levels and absolute adjustments (reference/bigcommerce.md §5). */
export function inventoryRoutes(state: SandboxState, life: Life): Router {
  const router = Router({ mergeParams: true });

  router.get('/inventory/locations', needs('store_locations'), (request: Request, response: Response) => {
    const ids = listIn(request, 'location_id:in');
    const isDefault = request.query['is_default'];
    const found = state.locations
      .filter((each) => ids === null || ids.includes(String(each.id)))
      .filter((each) => isDefault === undefined || String(each.isDefault) === isDefault);
    sendV3List(request, response, found.map(locationAnswer));
  });

  router.get('/inventory/items', needs('store_inventory'), (request: Request, response: Response) => {
    const skus = listIn(request, 'sku:in');
    const locations = listIn(request, 'location_id:in');
    const shown = state.locations.filter((each) => locations === null || locations.includes(String(each.id)));
    // What is not tracked has no stock to show.
    const found = items(state).filter(
      ({ product, variant }) => product.tracking !== 'none' && (skus === null || skus.includes(variant.sku)),
    );
    sendV3List(
      request,
      response,
      found.map((item) => itemAnswer(state, item, shown)),
    );
  });

  router.put('/inventory/adjustments/absolute', needs('store_inventory'), (request: Request, response: Response) => {
    const parsed = adjustment.safeParse(request.body);
    if (!parsed.success) return v3Error(response, 422, 'JSON data is missing or invalid');
    if (parsed.data.items.length > 2_000) return v3Error(response, 413, 'Too many items: the limit is 2000.');
    const read = parsed.data.items.map((each) => ({ each, item: adjusted(state, each) }));
    const wrong = read.flatMap(({ item }) => (typeof item === 'string' ? [item] : []));
    if (wrong.length > 0) return v3Error(response, 422, `[${wrong.join(', ')}]`);
    const write = () => {
      for (const { each, item } of read) state.stock.set(stockKey(each.location_id, item as Item), each.quantity);
      life.stockChanged(
        read.map(({ item }) => item as Item),
        false,
      );
    };
    state.stockWrites.push({
      at: state.now().toISOString(),
      reason: parsed.data.reason ?? '',
      items: parsed.data.items,
    });
    if (state.settings.inventoryLagMs > 0) setTimeout(write, state.settings.inventoryLagMs).unref();
    else write();
    response.json({ transaction_id: randomUUID() });
  });
  return router;
}

const adjustment = z.strictObject({
  reason: z.string().optional(),
  items: z
    .array(
      z.strictObject({
        location_id: z.int(),
        sku: z.string().optional(),
        variant_id: z.int().optional(),
        product_id: z.int().optional(),
        quantity: z.int().min(0).max(2_147_483_647),
      }),
    )
    .min(1),
});

/** The item that is meant, or what is wrong with it. */
function adjusted(state: SandboxState, each: z.infer<typeof adjustment>['items'][number]): Item | string {
  const location = state.locations.find((one) => one.id === each.location_id);
  if (!location) return `Location ${each.location_id} does not exist`;
  if (!location.enabled) return `Location ${each.location_id} is disabled`;
  const item = items(state).find(({ product, variant }) =>
    each.variant_id !== undefined
      ? variant.id === each.variant_id
      : each.product_id !== undefined
        ? product.id === each.product_id
        : variant.sku === each.sku,
  );
  if (!item) return `Item does not exist`;
  const { tracking, id } = item.product;
  if (tracking === 'none') return `Item with product_id ${id} is not tracked`;
  if (each.variant_id !== undefined && tracking === 'product')
    return `Item with variant_id ${each.variant_id} is tracked by product, please update stock by product id`;
  if (each.product_id !== undefined && tracking === 'variant')
    return `Item with product_id ${id} is tracked by variant, please update stock by variant id`;
  return item;
}

function locationAnswer(location: SandboxLocation): Record<string, unknown> {
  return {
    id: location.id,
    code: location.code,
    label: location.label,
    description: '',
    managed_by_external_source: false,
    type_id: 'PHYSICAL',
    enabled: location.enabled,
    operating_hours: {},
    time_zone: 'Etc/UTC',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
}

function itemAnswer(state: SandboxState, item: Item, locations: SandboxLocation[]): Record<string, unknown> {
  const { product, variant } = item;
  return {
    identity: { sku: variant.sku, variant_id: variant.id, product_id: product.id, sku_id: variant.skuId },
    locations: locations.flatMap((location) => {
      const level = onHand(state, location.id, item);
      if (level === null) return [];
      return [
        {
          location_id: location.id,
          location_code: location.code,
          location_name: location.label,
          available_to_sell: level,
          total_inventory_onhand: level,
          location_enabled: location.enabled,
          settings: { safety_stock: 0, is_in_stock: level > 0, warning_level: 0, bin_picking_number: '' },
        },
      ];
    }),
  };
}
