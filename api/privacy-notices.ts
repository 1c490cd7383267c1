import { createHmac } from 'node:crypto';
import { carryOutErasure } from '../database/erasure.js';
import { keepPrivacyRequest, recordPrivacyDone, type PrivacyRequest } from '../database/privacy-requests.js';
import type { PrivacyDelivery, PrivacyKind, PrivacyNotice } from '../domain/privacy.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { uninstallIfGone } from './uninstall.js';

/** What is asked, from whichever door it came. */
export interface PrivacyWish {
  kind: PrivacyKind;
  requestKey: string;
  externalIds: string[];
  email: string | null;
}

/**
 * Keeps a request and carries out at once what can be: an erasure of orders that are final. The rest waits for the
 * polls, an export for a person. Null when the same request was kept before.
 */
export async function takePrivacyRequest(
  dependencies: Dependencies,
  store: { id: string; tenantId: string },
  wish: PrivacyWish,
): Promise<PrivacyRequest | null> {
  const now = nowOf(dependencies);
  const { email, ...rest } = wish;
  const subject = email === null ? null : { email, hash: subjectHash(dependencies.pepper, email) };
  const kept = await keepPrivacyRequest(dependencies.db, { ...rest, store, subject, now });
  if (kept && kept.kind !== 'customer_data_request') await carryOutErasure(dependencies.db, kept, now);
  return kept;
}

/** A marketplace's request. A shop that is back keeps its data: what was asked 48 hours after it left is settled. */
export async function keepPrivacyNotice(
  dependencies: Dependencies,
  store: PrivacyDelivery['store'],
  notice: PrivacyNotice,
): Promise<void> {
  const { kind, deliveryKey: requestKey, orderIds: externalIds, email } = notice;
  if (kind !== 'store_erasure' || (await uninstallIfGone(dependencies, store.id))) {
    await takePrivacyRequest(dependencies, store, { kind, requestKey, externalIds, email });
    return;
  }
  const now = nowOf(dependencies);
  const kept = await keepPrivacyRequest(dependencies.db, { store, kind, requestKey, externalIds, subject: null, now });
  if (kept) await recordPrivacyDone(dependencies.db, kept.id, { reason: 'The application is installed again.' }, now);
}

/** Tells one person's requests from another's without saying whose they are. */
function subjectHash(pepper: string, email: string): Buffer {
  return createHmac('sha256', pepper).update(`subject|${email.trim().toLowerCase()}`).digest();
}
