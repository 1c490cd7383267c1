import { WorkflowNotFoundError } from '@temporalio/common';
import { orderFingerprint } from '../database/fingerprint.js';
import { loadKeptOrder, markSeen, recordAfterEnd, seenOrders } from '../database/order-changes.js';
import { messages, orderWorkflowId } from '../domain/identifiers.js';
import type { MarketplaceChanged } from '../domain/messages.js';
import type { MarketplaceOrder } from '../domain/order.js';
import { judgeEnded } from '../domain/order-changes.js';
import { isFinal } from '../domain/order-states.js';
import type { ActivityDependencies, ConnectedStore } from './dependencies.js';
import { asImported, presented } from './look-at-marketplace.js';

/**
 * An order as its marketplace shows it now; null when it no longer has it, `not_shown` where that cannot be told. A running
 * order then looks for itself and asks a person; for one that has ended nothing is known to have changed.
 */
export interface Shown {
  externalId: string;
  order: MarketplaceOrder | 'not_shown' | null;
}

/**
 * Tells the orders we have of what changed at their marketplace since it was seen last: a running one looks for itself,
 * one that has ended gets a row on its timeline. One query for all of them; the same again is no news. An order whose
 * workflow is only starting or ending is told with the next page that shows it.
 */
export async function tellChanges(
  deps: ActivityDependencies,
  connected: ConnectedStore,
  shown: Shown[],
): Promise<void> {
  const { store } = connected;
  const known = await seenOrders(
    deps.db,
    store.id,
    shown.map((each) => each.externalId),
  );
  for (const row of known) {
    const found = shown.find((each) => each.externalId === row.externalId)?.order ?? null;
    const hidden = found === 'not_shown';
    const order = hidden ? null : found && (await asImported(connected, found, row.takes));
    const seen = hidden ? found : orderFingerprint(order, row);
    if (seen === row.seen || (hidden && isFinal(row.state))) continue;
    if (isFinal(row.state)) await noteAfterEnd(deps, row.orderId, order, seen);
    else if (row.started && (await tell(deps, { storeId: store.id, externalId: row.externalId }, { seen })))
      await markSeen(deps.db, row.orderId, seen);
  }
}

async function noteAfterEnd(
  deps: ActivityDependencies,
  orderId: string,
  present: MarketplaceOrder | null,
  seen: string,
): Promise<void> {
  const verdict = judgeEnded(await loadKeptOrder(deps.db, orderId), present && presented(present));
  const change = verdict.outcome === 'changed' ? { ...verdict, present } : null;
  await recordAfterEnd(deps.db, { orderId, seen }, change);
}

async function tell(
  deps: ActivityDependencies,
  order: { storeId: string; externalId: string },
  news: MarketplaceChanged,
): Promise<boolean> {
  try {
    await deps.temporal.workflow.getHandle(orderWorkflowId(order)).signal(messages.order.marketplaceChanged, news);
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return false;
  }
}
