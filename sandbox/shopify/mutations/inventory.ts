import type { Call } from '../graphql/call.js';
import type { Item, Level, Location } from '../state/stock.js';
import { byGid, gid, moment, type Shop } from '../state/shop.js';
import { levelOf, onHand } from '../work/lookups.js';
import { changeLevel, openLevel, setOnHand } from '../work/stock.js';
import { userError, type UserError } from './user-errors.js';

interface SetInput {
  name: string;
  reason: string;
  referenceDocumentUri?: string | null;
  quantities: { inventoryItemId: string; locationId: string; quantity: number; changeFromQuantity?: number | null }[];
}

interface Change {
  item: Item;
  location: Location;
  level: Level;
  from: number;
  to: number;
}

const billion = 1_000_000_000;

/** All of it or nothing. */
function inventorySetQuantities({ input }: { input: SetInput }, { shop }: Call) {
  const checked = input.quantities.map((_, index) => check(shop, input, index));
  const errors = [...inputProblems(input), ...checked.filter((each): each is UserError => 'message' in each)];
  if (errors.length > 0) return { inventoryAdjustmentGroup: null, userErrors: errors };
  const changes = checked as Change[];
  for (const change of changes) apply(shop, input, change);
  return { inventoryAdjustmentGroup: group(shop, input, changes), userErrors: [] };
}

/** What an app of another maker may give as a reason (reference/shopify.md §5). */
const reasons =
  /^(correction|cycle_count_available|received|restock|damaged|shrinkage|promotion|quality_control|safety_stock|other|(reservation|movement)_\w+)$/;

function inputProblems({ name, reason, referenceDocumentUri, quantities }: SetInput): UserError[] {
  const pairs = new Set(quantities.map((each) => `${each.inventoryItemId} ${each.locationId}`));
  const problems: [boolean, UserError][] = [
    [!['available', 'on_hand'].includes(name), at(['name'], 'INVALID_NAME', "must be 'available' or 'on_hand'")],
    [!reasons.test(reason), at(['reason'], 'INVALID_REASON', 'The specified reason is invalid.')],
    [
      referenceDocumentUri != null && !URL.canParse(referenceDocumentUri),
      at(['referenceDocumentUri'], 'INVALID_REFERENCE_DOCUMENT', 'The specified reference document is invalid.'),
    ],
    [
      pairs.size < quantities.length,
      at(
        ['quantities'],
        'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR',
        'The combination of inventoryItemId and locationId must be unique.',
      ),
    ],
  ];
  return problems.filter(([wrong]) => wrong).map(([, error]) => error);
}

function at(path: string[], code: string, message: string): UserError {
  return userError(['input', ...path], message, code);
}

/**
 * One quantity of the input. An item that is not stocked at the location has no code of its own any more since
 * 2026-10 (§1); the stand-in calls the location invalid for it.
 */
function check(shop: Shop, { name, quantities }: SetInput, index: number): Change | UserError {
  const given = quantities[index]!;
  const path = ['quantities', String(index)];
  const item = byGid('InventoryItem', shop.items, given.inventoryItemId);
  if (!item)
    return at([...path, 'inventoryItemId'], 'INVALID_INVENTORY_ITEM', 'The inventory item could not be found.');
  if (item.bundle) return at(path, 'NON_MUTABLE_INVENTORY_ITEM', 'The item is not allowed to be adjusted via API.');
  const location = byGid('Location', shop.locations, given.locationId);
  const level = location && levelOf(shop, item.id, location.id);
  if (!location?.active || !level)
    return at([...path, 'locationId'], 'INVALID_LOCATION', 'The specified location could not be found.');
  if (given.quantity > billion)
    return at(
      [...path, 'quantity'],
      'INVALID_QUANTITY_TOO_HIGH',
      "The total quantity can't be higher than 1,000,000,000.",
    );
  if (given.quantity < 0)
    return at([...path, 'quantity'], 'INVALID_QUANTITY_NEGATIVE', "The quantity can't be negative.");
  const from = name === 'on_hand' ? onHand(level) : level.available;
  return stale(path, given.changeFromQuantity, from) ?? { item, location, level, from, to: given.quantity };
}

/** Compare and set; since 2026-04 the old figure must be given, be it null (§5). */
function stale(path: string[], expected: number | null | undefined, from: number): UserError | null {
  const field = [...path, 'changeFromQuantity'];
  if (expected === undefined) return at(field, 'COMPARE_QUANTITY_REQUIRED', 'changeFromQuantity must be given.');
  if (expected === null || expected === from) return null;
  return at(field, 'CHANGE_FROM_QUANTITY_STALE', 'The changeFromQuantity value does not match persisted value.');
}

function apply(shop: Shop, { name, reason }: SetInput, { item, location, level, from, to }: Change): void {
  if (name === 'on_hand') setOnHand(shop, level, to);
  else changeLevel(shop, level, { available: to });
  shop.record.inventorySets.push({
    at: moment(shop),
    sku: item.sku ?? '',
    location: location.name,
    ...{ name, from, to, reason },
  });
}

function group(shop: Shop, { name, reason, referenceDocumentUri = null }: SetInput, changes: Change[]) {
  return {
    id: gid('InventoryAdjustmentGroup', shop.nextId()),
    createdAt: moment(shop),
    ...{ reason, referenceDocumentUri },
    changes: changes
      .filter(({ from, to }) => from !== to)
      .map(({ item, location, from, to }) => {
        return { name, delta: to - from, quantityAfterChange: to, item, location, ledgerDocumentUri: null };
      }),
  };
}

interface ActivateArguments {
  inventoryItemId: string;
  locationId: string;
  available?: number | null;
  onHand?: number | null;
}

/** Stocks an item at a location; what is stocked there already stays as it is. */
function inventoryActivate(args: ActivateArguments, { shop }: Call) {
  const item = byGid('InventoryItem', shop.items, args.inventoryItemId);
  const location = byGid('Location', shop.locations, args.locationId);
  const refuse = (field: string, message: string) => ({
    inventoryLevel: null,
    userErrors: [userError([field], message)],
  });
  if (!item) return refuse('inventoryItemId', 'The inventory item could not be found.');
  if (!location?.active) return refuse('locationId', 'The location could not be found.');
  const known = levelOf(shop, item.id, location.id);
  if (known && (args.available != null || args.onHand != null))
    return refuse('inventoryItemId', 'Not allowed to set quantities when the item is already active at the location.');
  const level = openLevel(shop, item.id, location.id);
  const pieces = args.onHand ?? args.available;
  if (pieces != null) setOnHand(shop, level, pieces);
  return { inventoryLevel: level, userErrors: [] };
}

export const inventoryMutations = { inventorySetQuantities, inventoryActivate };
