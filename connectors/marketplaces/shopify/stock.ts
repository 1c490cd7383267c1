import { Failure } from '../../../domain/failures.js';
import type { StockPlace } from '../../../domain/stock.js';
import type { MarketplaceStock } from '../stock-port.js';
import type { Settings } from './configuration.js';
import { gid } from './ids.js';
import type { Ask, Shopify } from './operation.js';
import { pushStock } from './push-stock.js';
import { toTheEnd } from './read-orders.js';
import { itemsBySku, quantityName, skusAtLocation, type WireItem } from './stock-documents.js';

const reading: Ask = { lane: 'live', step: 'reading stock' };

/** SKUs in one search: 40 of 20 letters are a query of a thousand. */
const skusAtOnce = 40;

export function stockOf(call: Shopify, settings: Settings, shop: string): MarketplaceStock {
  const location = () => locationOf(settings);
  return {
    duplicateSkus: settings.duplicateSkus ? 'all' : 'refuse',
    location: async () => ({ key: `shopify:${shop}:${location()}`, title: `location ${location()} of ${shop}` }),
    /** The warehouse counts pieces on its shelves; what is sold and not yet sent, Shopify subtracts itself. */
    basis: async () => 'on_hand',
    places: async (skus) => {
      const places: StockPlace[] = [];
      for (let first = 0; first < skus.length; first += skusAtOnce)
        places.push(...(await placesOf(call, location(), skus.slice(first, first + skusAtOnce))));
      return places;
    },
    skus: (page) => skusOf(call, location(), page),
    push: (levels) => pushStock(call, location(), levels),
  };
}

function locationOf({ fulfillmentLocation }: Settings): string {
  if (fulfillmentLocation !== null) return fulfillmentLocation;
  throw new Failure('request_rejected', 'The store has no fulfillment location yet: choose one in its settings.', {
    field: 'fulfillmentLocation',
  });
}

async function placesOf(call: Shopify, location: string, skus: string[]): Promise<StockPlace[]> {
  const variables = {
    query: skus.map((sku) => `sku:${quoted(sku)}`).join(' OR '),
    location: gid('Location', location),
  };
  let name = `location ${location}`;
  let active = true;
  const page = async (after: string | null) => {
    const answer = await call(itemsBySku, { ...variables, after }, reading);
    if (!answer.location) throw new Failure('not_found', `Shopify has no location ${location}.`, { location });
    name = answer.location.name;
    active = answer.location.isActive;
    return answer.inventoryItems;
  };
  const { nodes } = await toTheEnd(await page(null), page);
  // The search takes no notice of case, and finds parts of a SKU; a SKU is a SKU byte for byte.
  const exact = nodes.filter((item) => item.sku !== null && skus.includes(item.sku));
  return exact.map((item) => placeOf(item, { location, name, active }));
}

/** A phrase of Shopify's search language: quotes and backslashes inside are escaped. */
const quoted = (sku: string) => `"${sku.replace(/["\\]/g, '\\$&')}"`;

function placeOf(item: WireItem, at: { location: string; name: string; active: boolean }): StockPlace {
  const stocked = item.inventoryLevel?.isActive ? item.inventoryLevel : null;
  const pieces = (name: string) => stocked?.quantities.find((each) => each.name === name)?.quantity;
  return {
    sku: item.sku!,
    placeId: `${item.id}@${at.location}`,
    title: `${item.sku!} (inventory item ${item.id}) at ${at.name}`,
    level: pieces(quantityName) ?? null,
    committed: pieces('committed') ?? 0,
    refusal: refusalOf(item, at),
  };
}

function refusalOf(item: WireItem, at: Parameters<typeof placeOf>[1]): StockPlace['refusal'] {
  const sku = item.sku!;
  if (!at.active) return { cause: 'location_disabled', message: `The location ${at.name} is not active at Shopify.` };
  if (!item.tracked)
    return {
      cause: 'not_tracked',
      message: `Shopify does not track the stock of SKU "${sku}" (inventory item ${item.id}).`,
    };
  return null;
}

async function skusOf(
  call: Shopify,
  location: string,
  page: string | null,
): Promise<{ skus: string[]; nextPage: string | null }> {
  const answer = await call(skusAtLocation, { location: gid('Location', location), after: page }, reading);
  if (!answer.location) throw new Failure('not_found', `Shopify has no location ${location}.`, { location });
  const { nodes, pageInfo } = answer.location.inventoryLevels;
  return {
    skus: [...new Set(nodes.flatMap(({ item }) => item.sku || []))],
    nextPage: pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null,
  };
}
