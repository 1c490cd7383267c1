import type { Marketplace, Notice, NoticeProof, ProvenNotice } from '../connectors/marketplaces/port.js';
import {
  doubtedNotices,
  loadWritebacks,
  otherNotices,
  recordNotice,
  recordWrittenBack,
} from '../database/shipments.js';
import { writeKeys } from '../domain/identifiers.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { OrderState } from '../domain/order-states.js';
import { packagesToTell, whyTheyWait } from '../domain/writeback.js';
import type { ActivityDependencies } from './dependencies.js';
import { ofConnection } from './of-connection.js';
import { writeOnce } from './write-once.js';

export interface WriteBackRequest {
  orderId: string;
  storeId: string;
  externalId: string;
  shipmentId: string;
  /** How the ledger allocated the shipment: whole pieces of each line in each package, 0 for a part of a bundle. */
  packages: { packageId: string; lines: { lineId: string; quantity: number }[] }[];
  /** The order's state and ledger once this shipment is written back. */
  to: OrderState;
  ledger: LedgerEntry[];
  /** Fulfillments that have nothing left to ship. */
  shippedFulfillments: string[];
}

/** Tells the marketplace of every package of one shipment, each notice exactly once, and keeps what was read back. */
export async function writeBackShipment(
  deps: ActivityDependencies,
  request: WriteBackRequest,
): Promise<{ notices: number }> {
  const { packages, skus, waiting: earlier } = await loadWritebacks(deps.db, request.shipmentId);
  const laidOut = packages.map((each) => {
    const allocated = request.packages.find((one) => one.packageId === each.packageId)?.lines ?? [];
    return { ...each, lines: allocated.map((line) => ({ ...line, sku: skus.get(line.lineId) ?? line.lineId })) };
  });
  const shipment = { shipmentId: request.shipmentId, packages: laidOut };
  const { notices, waiting } = await ofConnection(request.storeId, async () => {
    const marketplace = await deps.marketplaceOf(request.storeId);
    const { told, waiting } = packagesToTell(shipment, earlier, marketplace.takesParts);
    const all = told.flatMap((each) => marketplace.notices(each));
    for (const notice of all) await postOnce(deps, marketplace, { ...request, key: keyOf(request, notice), notice });
    return { notices: all, waiting };
  });
  await recordWrittenBack(deps.db, {
    ...request,
    lines: sumLines(request.packages.flatMap((each) => each.lines)),
    notices: notices.length,
    waiting,
    remarks: whyTheyWait(waiting, request.shipmentId, skus),
  });
  return { notices: notices.length };
}

function keyOf(request: WriteBackRequest, notice: Notice): string {
  const packageId = `${request.shipmentId}.${notice.packageId}`;
  return writeKeys.writeback({ ...request, part: notice.part, packageId });
}

/**
 * The marketplace lost notices of a shipment that were proven before. Each is looked for once more, and posted exactly as
 * it was if it is not there.
 */
export async function repeatNotices(
  deps: ActivityDependencies,
  { storeId, shipmentId }: { storeId: string; shipmentId: string },
): Promise<{ notices: number }> {
  const doubted = await doubtedNotices(deps.db, shipmentId);
  await ofConnection(storeId, async () => {
    const marketplace = await deps.marketplaceOf(storeId);
    for (const { key, orderId, notice } of doubted)
      // Kept by recordNotice as a connector made it.
      await postOnce(deps, marketplace, { key, orderId, shipmentId, notice: notice as Notice });
  });
  return { notices: doubted.length };
}

async function postOnce(
  deps: ActivityDependencies,
  marketplace: Marketplace,
  { key, orderId, shipmentId, notice }: { key: string; orderId: string; shipmentId: string; notice: Notice },
): Promise<void> {
  // An order tells its packages one after the other, so none becomes proven meanwhile.
  const others = await provenNotices(deps, { orderId, key });
  const written = await writeOnce<NoticeProof>(deps, {
    ...{ key, orderId, shipmentId },
    kind: 'writeback',
    request: notice,
    find: () => marketplace.findNotice(notice, others),
    write: async () => {
      await marketplace.postNotice(notice, others);
      return null;
    },
    settleMs: marketplace.settleMs,
    // Absent after it had time to settle: it was not carried out, and a customer without tracking is the worse fault.
    mayRepeat: true,
  });
  if (written === 'done_before') return;
  await recordNotice(deps.db, key, notice, { ...written.proof, part: notice.part, packageId: notice.packageId });
}

function sumLines(lines: { lineId: string; quantity: number }[]): { lineId: string; quantity: number }[] {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(line.lineId, (sums.get(line.lineId) ?? 0) + line.quantity);
  return [...sums].map(([lineId, quantity]) => ({ lineId, quantity }));
}

/** The notices of an order that are proven, but for one. */
export async function provenNotices(
  { db }: Pick<ActivityDependencies, 'db'>,
  but: { orderId: string; key: string },
): Promise<ProvenNotice[]> {
  // Kept by recordNotice as a connector made them.
  return (await otherNotices(db, but)) as ProvenNotice[];
}
