import { createHash } from 'node:crypto';
import { Failure } from '../../../domain/failures.js';
import type { StockLevelToSet, StockPushed } from '../stock-port.js';
import { saidIn, type UserErrors } from './answers.js';
import { gid } from './ids.js';
import type { Ask, Shopify } from './operation.js';
import { activateItem, quantityName, setQuantities } from './stock-documents.js';

const writing: Ask = { lane: 'live', step: 'setting stock' };

/** Arrays that Shopify takes hold 250 entries at most (reference/shopify.md §5). */
const levelsAtOnce = 250;

/** One answer for each level, in their order. What is not stocked at the location yet is stocked there first. */
export async function pushStock(call: Shopify, location: string, levels: StockLevelToSet[]): Promise<StockPushed[]> {
  const answers = new Map<StockLevelToSet, StockPushed>();
  for (const level of levels.filter((each) => each.was === null))
    answers.set(level, await activate(call, location, level));
  const stocked = levels.filter((each) => each.was !== null);
  for (let first = 0; first < stocked.length; first += levelsAtOnce)
    for (const [level, answer] of await setBatch(call, location, stocked.slice(first, first + levelsAtOnce)))
      answers.set(level, answer);
  return levels.map((level) => answers.get(level)!);
}

const itemOf = (level: StockLevelToSet) => gid('InventoryItem', level.placeId.split('@')[0]!);

async function activate(call: Shopify, location: string, level: StockLevelToSet): Promise<StockPushed> {
  const { inventoryActivate } = await call(
    activateItem,
    { item: itemOf(level), location: gid('Location', location), onHand: level.quantity, key: keyOf([level], 0) },
    writing,
  );
  const { placeId } = level;
  if (inventoryActivate.inventoryLevel)
    return { placeId, outcome: 'set', note: `stocked as ${inventoryActivate.inventoryLevel.id}` };
  return { placeId, outcome: 'refused', note: saidIn(inventoryActivate.userErrors) };
}

/**
 * Sets a batch, compared with what each was (CHANGE_FROM_QUANTITY_STALE: somebody changed it meanwhile). One bad entry
 * refuses the whole batch, so those that are named are taken out and the rest is sent again.
 */
async function setBatch(
  call: Shopify,
  location: string,
  levels: StockLevelToSet[],
): Promise<Map<StockLevelToSet, StockPushed>> {
  const answers = new Map<StockLevelToSet, StockPushed>();
  let left = levels;
  for (let attempt = 0; left.length > 0; attempt += 1) {
    const { inventorySetQuantities } = await call(setQuantities, variables(location, left, attempt), writing);
    const { userErrors, inventoryAdjustmentGroup } = inventorySetQuantities;
    if (userErrors.length === 0) {
      const note = inventoryAdjustmentGroup?.id ?? 'it was this figure already';
      for (const level of left) answers.set(level, { placeId: level.placeId, outcome: 'set', note });
      return answers;
    }
    if (userErrors.some((each) => each.code === 'IDEMPOTENCY_CONCURRENT_REQUEST'))
      throw new Failure(
        'unavailable',
        'Shopify is still at work on the same stock figures.',
        {},
        { retryAfterMs: 5_000 },
      );
    // The key of an attempt that failed is used up (reference/shopify.md §6): once more under the next one.
    if (attempt === 0 && userErrors.every((each) => each.code === 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED')) continue;
    const named = refusedEntries(userErrors, left);
    for (const [level, answer] of named) answers.set(level, answer);
    left = left.filter((level) => !named.has(level));
  }
  return answers;
}

/** `field` is ["input", "quantities", "3", …]. An error that names no entry is the answer to all of them. */
function refusedEntries(errors: UserErrors, levels: StockLevelToSet[]): Map<StockLevelToSet, StockPushed> {
  const named = new Map<StockLevelToSet, StockPushed>();
  for (const error of errors) {
    const index = error.field?.find((part) => /^\d+$/.test(part));
    for (const level of index === undefined ? levels : levels.slice(Number(index), Number(index) + 1))
      named.set(level, {
        placeId: level.placeId,
        outcome: error.code === 'CHANGE_FROM_QUANTITY_STALE' ? 'stale' : 'refused',
        note: saidIn([error]),
      });
  }
  if (named.size > 0) return named;
  throw new Failure('answer_malformed', `Shopify refused stock without saying which: ${saidIn(errors)}.`);
}

function variables(location: string, levels: StockLevelToSet[], attempt: number) {
  const key = keyOf(levels, attempt);
  return {
    key,
    input: {
      name: quantityName,
      reason: 'correction',
      referenceDocumentUri: `gid://waybill/StockPush/${key}`,
      quantities: levels.map((level) => ({
        inventoryItemId: itemOf(level),
        locationId: gid('Location', location),
        quantity: level.quantity,
        changeFromQuantity: level.was,
      })),
    },
  };
}

/** The same for every try of the same changes, so that a lost answer sets nothing twice (reference/shopify.md §6). */
function keyOf(levels: StockLevelToSet[], attempt: number): string {
  const changes = levels.map(({ key, placeId, was, quantity }) => [key, placeId, was, quantity]);
  return createHash('sha256')
    .update(JSON.stringify([changes, attempt]))
    .digest('hex')
    .slice(0, 40);
}
