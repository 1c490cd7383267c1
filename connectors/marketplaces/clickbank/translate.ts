import type { Address } from '../../../domain/address.js';
import {
  mainDestination,
  type LineStanding,
  type MalformedOrder,
  type MarketplaceOrder,
  type OrderLine,
} from '../../../domain/order.js';
import { problemOf } from '../../row-problem.js';
import { isRecord, scalarText } from './quirks.js';
import { purchaseRow, shippingRow, type PurchaseRow, type ShippingRow } from './rows.js';

/** A row that reads well, or the reason why not with the row as it came. */
export function readShippingRow(raw: unknown): ShippingRow | MalformedOrder {
  const parsed = shippingRow.safeParse(raw);
  return parsed.success ? parsed.data : { externalId: receiptOf(raw), problem: problemOf(parsed.error), raw };
}

export function isMalformed(row: ShippingRow | MarketplaceOrder | MalformedOrder): row is MalformedOrder {
  return 'problem' in row;
}

export function receiptOf(raw: unknown): string | null {
  return isRecord(raw) ? (scalarText(raw.receipt) ?? null) : null;
}

/**
 * Joins what shipping2 and orders2 say of one receipt. `purchase` is orders2's row as it came, null where it has none:
 * the order is imported all the same, without currency and total.
 */
export function translate(
  row: ShippingRow,
  purchase: unknown,
  shippedAtMarketplace: boolean,
): MarketplaceOrder | MalformedOrder {
  if (purchase === null) return toOrder(row, null, shippedAtMarketplace);
  const parsed = purchaseRow.safeParse(purchase);
  if (!parsed.success)
    return { externalId: row.receipt, problem: `orders2 ${problemOf(parsed.error)}`, raw: { shipping: row, purchase } };
  return toOrder(row, parsed.data, shippedAtMarketplace);
}

function toOrder(row: ShippingRow, purchase: PurchaseRow | null, shippedAtMarketplace: boolean): MarketplaceOrder {
  return {
    externalId: row.receipt,
    number: null,
    ...kindOf(row.receipt, purchase),
    placedAt: row.transactionTime,
    test: isTest(row, purchase),
    shippedAtMarketplace,
    partlyShipped: false,
    cancelled: false,
    status: null,
    statusLabel: null,
    paymentStatus: null,
    heldBecause: null,
    currency: purchase?.currency?.trim().toUpperCase() ?? null,
    total: purchase?.totalOrderAmount ?? null,
    weight: null,
    shippingDescription: shippingDescription(row),
    shipTo: shipTo(row),
    otherDestinations: [],
    lines: linesOf(row, purchase),
    vendor: row.vendor ?? purchase?.vendor ?? null,
  };
}

/** Rebills add -B002, -B003 … to the first receipt. An upsell has a receipt of its own; orders2 does not name its parent. */
function kindOf(receipt: string, purchase: PurchaseRow | null): Pick<MarketplaceOrder, 'kind' | 'parentExternalId'> {
  const rebill = /^(.+)-B\d{3,}$/.exec(receipt);
  if (rebill) return { kind: 'rebill', parentExternalId: rebill[1]! };
  const type = purchase?.transactionType?.toUpperCase() ?? '';
  if (type.replace('TEST_', '') === 'BILL') return { kind: 'rebill', parentExternalId: null };
  const upsell = purchase?.lineItemData.some((line) => line.lineItemType?.toUpperCase() === 'UPSELL') ?? false;
  return { kind: upsell ? 'upsell' : 'sale', parentExternalId: null };
}

/** Any one sign is enough: a test purchase must never reach a warehouse (reference/clickbank.md §7, Testing). */
function isTest(row: ShippingRow, purchase: PurchaseRow | null): boolean {
  const type = purchase?.transactionType?.toUpperCase() ?? '';
  const payment = (purchase?.paymentMethod ?? purchase?.paytmentMethod)?.toUpperCase();
  return row.isTestTransaction || type.startsWith('TEST_') || payment === 'TEST';
}

/**
 * ClickBank keeps the customer's choice at each line, the rules read one per order. Lines that differ are joined, so
 * that a rule meant for one of them does not decide for all unless it says "contains".
 */
function shippingDescription(row: ShippingRow): string | null {
  const chosen = new Set(row.lineItemShipData.flatMap((line) => line.shippingMethod ?? []));
  return chosen.size === 0 ? null : [...chosen].join(' + ');
}

/** A blank field stays blank: whether the address suffices is the domain's to say, and a person's to mend. */
function shipTo(row: ShippingRow): Address {
  return {
    name: row.fullName ?? [row.firstName, row.lastName].filter((part) => part !== null).join(' '),
    company: null,
    line1: row.address1 ?? '',
    line2: row.address2,
    city: row.city ?? '',
    region: row.state,
    postalCode: row.postalCode,
    country: row.country?.trim().toUpperCase() ?? '',
    email: row.email,
    phone: row.phoneNumber,
  };
}

/**
 * A line is its item number, because that is what a ship notice names; the same item twice in a receipt is therefore
 * one line of more pieces, without an amount of its own. If one of the two is refunded the whole line counts so:
 * goods kept back can still be sent, goods sent cannot be called back.
 */
function linesOf(row: ShippingRow, purchase: PurchaseRow | null): OrderLine[] {
  const lines = new Map<string, OrderLine>();
  for (const item of row.lineItemShipData) {
    const earlier = lines.get(item.itemNo);
    const standing = worst(standingOf(item), earlier?.standing ?? 'clear');
    if (earlier)
      lines.set(item.itemNo, {
        ...earlier,
        quantity: earlier.quantity + item.quantity,
        wanted: earlier.wanted + item.quantity,
        amount: null,
        standing,
      });
    else
      lines.set(item.itemNo, {
        lineId: item.itemNo,
        sku: item.itemNo,
        title: item.productTitle ?? item.itemNo,
        quantity: item.quantity,
        wanted: item.quantity,
        amount: item.customerAmount,
        shippable: isShippable(item.itemNo, purchase),
        standing,
        destinationId: mainDestination,
        location: null,
        service: null,
      });
  }
  return [...lines.values()];
}

/** shipping2 lists goods; only where orders2 calls the item digital outright is it left out of the parcel. */
function isShippable(itemNo: string, purchase: PurchaseRow | null): boolean {
  const line = purchase?.lineItemData.find((each) => each.itemNo === itemNo);
  return line?.shippable?.trim().toLowerCase() !== 'false';
}

function standingOf(item: ShippingRow['lineItemShipData'][number]): LineStanding {
  if (item.hasBeenChargebacked) return 'charged_back';
  if (item.hasBeenRefunded) return 'refunded';
  return item.isRefundPending ? 'refund_pending' : 'clear';
}

const byGravity: LineStanding[] = ['charged_back', 'refunded', 'refund_pending', 'clear'];
function worst(a: LineStanding, b: LineStanding): LineStanding {
  return byGravity.indexOf(a) < byGravity.indexOf(b) ? a : b;
}
