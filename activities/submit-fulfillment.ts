import type { WarehouseOrder } from '../connectors/warehouses/port.js';
import { dropLines, loadSubmission, recordSubmitted, type Submission } from '../database/fulfillments.js';
import { missingAddressFields } from '../domain/address.js';
import { Failure } from '../domain/failures.js';
import { writeKeys } from '../domain/identifiers.js';
import type { MarketplaceOrder } from '../domain/order.js';
import type { OrderState } from '../domain/order-states.js';
import { decideRelease } from '../domain/release-decision.js';
import type { ActivityDependencies } from './dependencies.js';
import { ofConnection } from './of-connection.js';
import { writeOnce } from './write-once.js';

export interface SubmitRequest {
  reference: string;
  /** The order's state once the warehouse has it. */
  to: OrderState;
}

export type SubmitAnswer =
  /** The warehouse has it, without the lines the marketplace gave up meanwhile. */
  | { outcome: 'submitted'; dropped: string[] }
  /** Nothing of it is left to send. */
  | { outcome: 'given_up'; dropped: string[]; reason: string }
  | { outcome: 'wait'; reason: string }
  | { outcome: 'shipped_elsewhere'; reason: string };

/**
 * The last look at the marketplace, then the request to the warehouse, exactly once. Both in one activity: nothing
 * may come between the look and the request, and an order may cost no more events than it does (docs/architecture.md).
 */
export async function submitFulfillment(deps: ActivityDependencies, request: SubmitRequest): Promise<SubmitAnswer> {
  const submission = await loadSubmission(deps.db, request.reference);
  try {
    if (await mayBeThere(deps, submission)) return await ask(deps, submission, request.to, []);
    return await lookAndAsk(deps, submission, request.to);
  } catch (error) {
    // Whatever stops us now, an earlier attempt may have got through: the order must not count as never sent.
    if (!(error instanceof Failure) || !submission.sentAt) throw error;
    throw new Failure(error.code, error.message, { ...error.about, sent: 'perhaps' }, error);
  }
}

/** An earlier attempt may have reached the warehouse: then its outcome comes first, and no new look at the marketplace. */
async function mayBeThere(
  deps: ActivityDependencies,
  { warehouseId, reference, sentAt }: Submission,
): Promise<boolean> {
  if (!sentAt) return false;
  return ofConnection(warehouseId, async () => {
    const warehouse = await deps.warehouseOf(warehouseId);
    const settled = Date.now() - sentAt.getTime() >= warehouse.capabilities.settleMs;
    return !settled || (await warehouse.findByReference(reference)) !== null;
  });
}

async function lookAndAsk(deps: ActivityDependencies, submission: Submission, to: OrderState): Promise<SubmitAnswer> {
  refuseErased(submission);
  const present = await ofConnection(submission.storeId, async () => {
    const marketplace = await deps.marketplaceOf(submission.storeId);
    return marketplace.fetchOrder(submission.externalId);
  });
  const decision = decideRelease(submission.lines, present);
  if (decision.release === 'wait') return { outcome: 'wait', reason: decision.reason };
  if (decision.release === 'shipped_elsewhere') return { outcome: 'shipped_elsewhere', reason: decision.reason };
  if (decision.release === 'go') return ask(deps, submission, to, []);
  const all = submission.lines.map((line) => line.lineId);
  const dropped = decision.release === 'cancel' ? all : decision.lineIds;
  await dropLines(deps.db, submission, standings(dropped, present), decision.reason);
  const left = submission.lines.filter((line) => !dropped.includes(line.lineId));
  if (left.length === 0) return { outcome: 'given_up', dropped, reason: decision.reason };
  return ask(deps, { ...submission, lines: left }, to, dropped);
}

/** The plan saw an address; a person may have had it erased since. */
function refuseErased({ shipTo, reference }: Submission): void {
  const [field] = missingAddressFields(shipTo);
  if (field)
    throw new Failure(
      'address_incomplete',
      `The address lacks "${field}": it was erased after the order was planned.`,
      {
        ...{ reference, field },
      },
    );
}

async function ask(
  deps: ActivityDependencies,
  submission: Submission,
  to: OrderState,
  dropped: string[],
): Promise<SubmitAnswer> {
  await ofConnection(submission.warehouseId, () => askWarehouse(deps, submission, to));
  return { outcome: 'submitted', dropped };
}

function standings(lineIds: string[], present: MarketplaceOrder | null) {
  return lineIds.map((lineId) => ({
    lineId,
    standing: present?.lines.find((line) => line.lineId === lineId)?.standing ?? ('cancelled' as const),
  }));
}

async function askWarehouse(deps: ActivityDependencies, submission: Submission, to: OrderState): Promise<void> {
  const warehouse = await deps.warehouseOf(submission.warehouseId);
  const request = {
    reference: submission.reference,
    orderNumber: submission.externalId,
    methodCode: submission.methodCode,
    placedAt: submission.placedAt,
    shipTo: submission.shipTo,
    items: mergeBySku(submission),
  };
  const key = writeKeys.submission(submission.reference);
  const written = await writeOnce<WarehouseOrder>(deps, {
    key,
    kind: 'submission',
    orderId: submission.orderId,
    shipmentId: null,
    request,
    find: async () => sameGoods(await warehouse.findByReference(submission.reference), request.items),
    write: () => warehouse.create(request),
    settleMs: warehouse.capabilities.settleMs,
    mayRepeat: warehouse.capabilities.refusesDuplicates,
  });
  if (written === 'done_before') return;
  const { proof, adopted } = written;
  await recordSubmitted(deps.db, submission, { key, externalId: proof.externalId, adopted, to });
}

/** Two lines, or two bundles, may need the same goods: a warehouse is asked for each SKU once. */
function mergeBySku(submission: Submission): { warehouseSku: string; quantity: number; title: string }[] {
  const merged = new Map<string, { warehouseSku: string; quantity: number; title: string }>();
  for (const { warehouseSku, quantity, title } of submission.lines) {
    const item = merged.get(warehouseSku) ?? { warehouseSku, quantity: 0, title };
    merged.set(warehouseSku, { ...item, quantity: item.quantity + quantity });
  }
  return [...merged.values()];
}

/** What is found under our reference is adopted only if it asks for the same goods. */
function sameGoods(
  found: WarehouseOrder | null,
  asked: { warehouseSku: string; quantity: number }[],
): WarehouseOrder | null {
  if (!found) return null;
  if (found.cancelled)
    throw new Failure('cancelled_at_warehouse', `The warehouse holds ${found.reference} as cancelled.`, {
      reference: found.reference,
      warehouse_order: found.externalId,
    });
  const text = (items: { warehouseSku: string; quantity: number }[]) =>
    items
      .map((item) => `${item.warehouseSku}×${item.quantity}`)
      .sort()
      .join(', ');
  if (text(found.items) === text(asked)) return found;
  throw new Failure(
    'reference_conflict',
    `The warehouse holds ${text(found.items)} under ${found.reference}, the order asks for ${text(asked)}.`,
    { reference: found.reference, warehouse_order: found.externalId },
  );
}
