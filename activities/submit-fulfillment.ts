import type { WarehouseOrder } from '../connectors/warehouses/port.js';
import { loadSubmission, recordSubmitted, type Submission } from '../database/fulfillments.js';
import { missingAddressFields } from '../domain/address.js';
import { Failure } from '../domain/failures.js';
import { writeKeys } from '../domain/identifiers.js';
import type { AskedLines } from '../domain/line-changes.js';
import type { MarketplaceAnswer } from '../domain/messages.js';
import type { OrderState } from '../domain/order-states.js';
import type { ActivityDependencies } from './dependencies.js';
import { look } from './look-at-marketplace.js';
import { ofConnection } from './of-connection.js';
import { writeOnce } from './write-once.js';

export interface SubmitRequest {
  reference: string;
  /** The order's state once the warehouse has it. */
  to: OrderState;
  /** How far the order's lines got at warehouses so far; absent where none was asked yet. */
  asked?: AskedLines;
}

/** Asked for, or what the last look found instead: then no warehouse was asked. */
export type SubmitAnswer = { outcome: 'submitted' } | Exclude<MarketplaceAnswer, { outcome: 'unchanged' }>;

/**
 * The last look at the marketplace, then the request to the warehouse, exactly once. Both in one activity: nothing
 * may come between the look and the request, and an order may cost no more events than it does (docs/architecture.md).
 */
export async function submitFulfillment(deps: ActivityDependencies, request: SubmitRequest): Promise<SubmitAnswer> {
  const submission = await loadSubmission(deps.db, request.reference);
  try {
    if (!(await mayBeThere(deps, submission))) {
      refuseErased(submission);
      const sending = submission.lines.map((line) => line.lineId);
      const answer = await look(deps, submission.kept, request.asked ?? {}, sending);
      if (answer.outcome !== 'unchanged') return answer;
    }
    await ofConnection(submission.warehouseId, () => askWarehouse(deps, submission, request.to));
    return { outcome: 'submitted' };
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

/** The plan saw an address; a person may have had it erased since. */
function refuseErased({ shipTo, reference }: Submission): void {
  const [field] = missingAddressFields(shipTo);
  if (!field) return;
  const what = `The address lacks "${field}": it was erased after the order was planned.`;
  throw new Failure('address_incomplete', what, { reference, field });
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
