import type { Fields } from '../graphql/call.js';
import { badRequest, byId } from '../graphql/connection.js';
import type { FulfillmentService, Item, Level, Location } from '../state/stock.js';
import { gid, idIn } from '../state/shop.js';
import { itemOf, levelOf, locationOf, onHand } from '../work/lookups.js';
import { levelGid } from '../work/stock.js';
import { locationAddress } from './addresses.js';

export const location: Fields<Location> = {
  id: ({ id }) => gid('Location', id),
  legacyResourceId: ({ id }) => String(id),
  address: (row) => locationAddress(row),
  isActive: ({ active }) => active,
  isFulfillmentService: ({ serviceId }) => serviceId !== null,
  fulfillmentService: ({ serviceId }, _args, { shop }) => shop.services.find((each) => each.id === serviceId) ?? null,
  fulfillsOnlineOrders: ({ active }) => active,
  shipsInventory: ({ active }) => active,
  isPrimary: ({ id }, _args, { shop }) => shop.locations[0]!.id === id,
  inventoryLevel: ({ id }, { inventoryItemId }, { shop }) =>
    levelOf(shop, idIn('InventoryItem', inventoryItemId) ?? 0, id) ?? null,
  inventoryLevels: ({ id }, args, { shop }) =>
    byId(
      args,
      shop.levels.filter((each) => each.locationId === id),
    ),
};

export const fulfillmentService: Fields<FulfillmentService> = {
  id: ({ id }) => `${gid('FulfillmentService', id)}?id=true`,
  handle: ({ name }) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
  serviceName: ({ name }) => name,
  location: ({ locationId }, _args, { shop }) => locationOf(shop, locationId),
  type: () => 'THIRD_PARTY',
  inventoryManagement: () => false,
  trackingSupport: () => false,
  requiresShippingMethod: () => true,
};

export const inventoryItem: Fields<Item> = {
  id: ({ id }) => gid('InventoryItem', id),
  legacyResourceId: ({ id }) => String(id),
  requiresShipping: () => true,
  updatedAt: ({ createdAt }) => createdAt,
  duplicateSkuCount: ({ id, sku }, _args, { shop }) =>
    shop.items.filter((each) => sku !== null && each.sku === sku && each.id !== id).length,
  variant: (row) => row,
  variants: (row, args) => byId(args, [row]),
  inventoryLevel: ({ id }, { locationId }, { shop }) => levelOf(shop, id, idIn('Location', locationId) ?? 0) ?? null,
  inventoryLevels: ({ id }, args, { shop }) =>
    byId(
      args,
      shop.levels.filter((each) => each.itemId === id),
    ),
};

const quantities: Record<string, (level: Level) => number> = {
  available: (level) => level.available,
  committed: (level) => level.committed,
  on_hand: onHand,
  reserved: (level) => level.unavailable,
  incoming: () => 0,
  damaged: () => 0,
  safety_stock: () => 0,
  quality_control: () => 0,
};

export const inventoryLevel: Fields<Level> = {
  id: (row) => levelGid(row),
  isActive: () => true,
  canDeactivate: ({ committed }) => committed === 0,
  createdAt: ({ updatedAt }) => updatedAt,
  item: ({ itemId }, _args, { shop }) => itemOf(shop, itemId),
  location: ({ locationId }, _args, { shop }) => locationOf(shop, locationId),
  quantities: (row, { names = [] }) =>
    names.map((name) => {
      const read = quantities[name];
      if (!read) throw badRequest(`Invalid quantity name: ${name}.`);
      const id = `${gid('InventoryQuantity', row.id)}?name=${name}`;
      return { id, name, quantity: read(row), updatedAt: row.updatedAt };
    }),
};

export const productVariant: Fields<Item> = {
  id: ({ variantId }) => gid('ProductVariant', variantId),
  legacyResourceId: ({ variantId }) => String(variantId),
  title: ({ variantTitle }) => variantTitle ?? 'Default Title',
  displayName: ({ title, variantTitle }) => `${title} - ${variantTitle ?? 'Default Title'}`,
  barcode: () => null,
  inventoryItem: (row) => row,
  product: (row) => row,
  requiresComponents: ({ bundle }) => bundle,
  inventoryQuantity: ({ id }, _args, { shop }) =>
    shop.levels.filter((each) => each.itemId === id).reduce((sum, each) => sum + each.available, 0),
};

export const product: Fields<Item> = {
  id: ({ productId }) => gid('Product', productId),
  legacyResourceId: ({ productId }) => String(productId),
  handle: ({ title }) => title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
  isGiftCard: () => false,
  status: () => 'ACTIVE',
};
