import { Failure } from '../../../domain/failures.js';
import type { Notice } from '../port.js';
import { gid } from './ids.js';
import { stockOnShelf, type OpenFulfillmentOrder, type OpenLine } from './notice-documents.js';
import { asking, type NoticeContext } from './notices.js';

/** Pieces of one line of one fulfillment order. */
export interface Part {
  from: OpenFulfillmentOrder;
  line: OpenLine;
  quantity: number;
}

/**
 * R135. A refusal has no code, so the shelf itself is asked: what is not stocked at the location, or lies there in too
 * small a number, is the reason. Without the right to see stock, Shopify's own words have to do.
 */
export async function assureStock({ call }: NoticeContext, notice: Notice, parts: Part[]): Promise<void> {
  for (const { from, line, quantity } of parts) {
    const location = from.assignedLocation.location;
    if (!location || !line.inventoryItemId) continue;
    const onHand = await call(
      stockOnShelf,
      { item: line.inventoryItemId, location: gid('Location', location.id) },
      asking(notice),
    ).then(
      ({ inventoryItem }) => {
        if (!inventoryItem?.tracked) return null;
        const level = inventoryItem.inventoryLevel;
        return level?.isActive ? (level.quantities[0]?.quantity ?? 0) : 0;
      },
      (error: unknown) => {
        if (error instanceof Failure && error.code === 'permission_missing') return null;
        throw error;
      },
    );
    if (onHand === null || onHand >= quantity) continue;
    const sku = line.sku ?? line.lineItem.id;
    throw new Failure(
      'out_of_stock_at_location',
      `Order ${notice.externalId}: Shopify has ${onHand} of SKU "${sku}" at ${from.assignedLocation.name}, the package holds ${quantity}.`,
      { order: notice.externalId, line: line.lineItem.id, sku, location: from.assignedLocation.name },
    );
  }
}
