import { moment, type Shop } from '../state/shop.js';
import type { FulfillmentService, Item, Level, Location } from '../state/stock.js';
import { itemOf, levelOf, locationOf } from './lookups.js';

export interface ItemSpec {
  sku: string | null;
  title?: string;
  variantTitle?: string | null;
  tracked?: boolean;
  bundle?: boolean;
  /** Pieces on hand by the name of the location; where it is not named the item is not stocked. */
  stock?: Record<string, number>;
}

/** Every call makes another item, also of a SKU that is there already. */
export function addItem(shop: Shop, spec: ItemSpec): Item {
  const item: Item = {
    id: shop.nextId(),
    variantId: shop.nextId(),
    productId: shop.nextId(),
    sku: spec.sku,
    title: spec.title ?? spec.sku ?? 'Without SKU',
    variantTitle: spec.variantTitle ?? null,
    tracked: spec.tracked ?? true,
    bundle: spec.bundle ?? false,
    createdAt: moment(shop),
  };
  shop.items.push(item);
  const stock = spec.stock ?? { [shop.locations[0]!.name]: 100 };
  for (const [name, pieces] of Object.entries(stock))
    setOnHand(shop, openLevel(shop, item.id, locationOf(shop, name).id), pieces);
  return item;
}

/** The first item of this SKU; one that the shop does not know comes into being with plenty of stock. */
export function itemFor(shop: Shop, sku: string | null, title: string): Item {
  return shop.items.find((each) => sku !== null && each.sku === sku) ?? addItem(shop, { sku, title });
}

export type LocationSpec = Partial<Omit<Location, 'id' | 'serviceId'>> & { name: string };

export function addLocation(shop: Shop, spec: LocationSpec, serviceId: number | null = null): Location {
  const location: Location = {
    active: true,
    address1: '1 Dock Road',
    city: 'Reno',
    provinceCode: 'NV',
    countryCode: 'US',
    zip: '89501',
    ...spec,
    id: shop.nextId(),
    serviceId,
  };
  shop.locations.push(location);
  return location;
}

export type ServiceSpec = Pick<FulfillmentService, 'name' | 'ours'> & { callbackUrl?: string | null };

/** A fulfillment service comes with a location of its own (reference/shopify.md §4). */
export function addService(shop: Shop, spec: ServiceSpec): FulfillmentService {
  const id = shop.nextId();
  const location = addLocation(shop, { name: spec.name }, id);
  const service: FulfillmentService = { callbackUrl: null, ...spec, id, locationId: location.id };
  shop.services.push(service);
  return service;
}

/** The level of the item at the location, which stocks it from now on. */
export function openLevel(shop: Shop, itemId: number, locationId: number): Level {
  const known = levelOf(shop, itemId, locationId);
  if (known) return known;
  const [id, updatedAt] = [shop.nextId(), moment(shop)];
  const level: Level = { id, itemId, locationId, available: 0, committed: 0, unavailable: 0, updatedAt };
  shop.levels.push(level);
  return level;
}

/** What is on hand and not committed or set aside is for sale. */
export function setOnHand(shop: Shop, level: Level, pieces: number): void {
  changeLevel(shop, level, { available: pieces - level.committed - level.unavailable });
}

/** Sold pieces go from available to committed; a negative number gives them back (reference/shopify.md §5). */
export function commit(shop: Shop, itemId: number, locationId: number, pieces: number): void {
  if (!itemOf(shop, itemId).tracked || pieces === 0) return;
  const level = openLevel(shop, itemId, locationId);
  changeLevel(shop, level, { available: level.available - pieces, committed: level.committed + pieces });
}

/** Pieces that left are no longer committed, and so no longer on hand. */
export function takeOut(shop: Shop, itemId: number, locationId: number, pieces: number): void {
  const level = levelOf(shop, itemId, locationId);
  if (level && itemOf(shop, itemId).tracked) changeLevel(shop, level, { committed: level.committed - pieces });
}

/** Pieces that did not leave after all: on hand again, and still sold. */
export function putBack(shop: Shop, itemId: number, locationId: number, pieces: number): void {
  takeOut(shop, itemId, locationId, -pieces);
}

/** Every change of a level is announced, whoever made it. */
export function changeLevel(shop: Shop, level: Level, change: Partial<Pick<Level, 'available' | 'committed'>>): void {
  Object.assign(level, change, { updatedAt: moment(shop) });
  shop.announce('INVENTORY_LEVELS_UPDATE', {
    inventory_item_id: level.itemId,
    location_id: level.locationId,
    available: level.available,
    updated_at: level.updatedAt,
    admin_graphql_api_id: levelGid(level),
  });
}

/** The one kind of id that carries a parameter. */
export function levelGid(level: Level): string {
  return `gid://shopify/InventoryLevel/${level.id}?inventory_item_id=${level.itemId}`;
}
