import { Failure } from '../../../domain/failures.js';
import type { Ask, Shopify } from './operation.js';
import { installation } from './probe-documents.js';

/** Without `read_all_orders` an older order is not there, in no other way than one that was deleted (§2, §3). */
const shownMs = 60 * 86_400_000;
/** A day less: its 60 days count from a time that is not said to be ours. */
const surelyShownMs = shownMs - 86_400_000;

/**
 * For an order that Shopify did not show: comes back where it must be gone. One that may only be too old is never taken
 * for deleted. `placedAt` is null where the caller does not know it.
 * @throws Failure `order_not_shown`
 */
export async function refuseOutOfSight(
  call: Shopify,
  { externalId, placedAt }: { externalId: string; placedAt: string | null },
  now: Date,
  ask: Ask,
): Promise<void> {
  if (placedAt !== null && now.getTime() - Date.parse(placedAt) < surelyShownMs) return;
  const { currentAppInstallation } = await call(installation, {}, ask);
  if (currentAppInstallation.accessScopes.some((scope) => scope.handle === 'read_all_orders')) return;
  throw new Failure(
    'order_not_shown',
    `Shopify does not show order ${externalId}: the app sees the last 60 days only, so it may be older or deleted.`,
    { order: externalId, permission: 'read_all_orders' },
  );
}
