import { forgetProbe, saveProbe } from '../database/connections.js';
import { saveCredentials } from '../database/credentials.js';
import { recordInstalled } from '../database/store-accounts.js';
import type { Store } from '../database/stores.js';
import { refusedProbe } from '../domain/attention.js';
import { Failure } from '../domain/failures.js';
import { waitKeys } from '../domain/identifiers.js';
import type { Installed } from '../domain/install.js';
import type { ProbeReport } from '../domain/store.js';
import { located } from './connection-door.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { storeDoor } from './store-door.js';
import { tellFixSaved } from './wake.js';

/**
 * Puts what an install brought into the store it was for, over what was there: a second install never makes a second
 * store (reference/lessons.md, 26). What the token may do is asked at once, so that a missing scope shows while the
 * merchant is still there (D6); then everything that waits for the store goes on.
 */
export async function finishInstall(dependencies: Dependencies, store: Store, installed: Installed): Promise<void> {
  const { db, keyRing } = dependencies;
  const place = { tenantId: store.tenantId, connectionId: store.id, field: 'api' as const };
  await saveCredentials(db, keyRing, { ...place, value: installed.credentials });
  const now = nowOf(dependencies);
  await recordInstalled(db, store.id, installed.account, now);
  await forgetProbe(db, 'stores', store.id);
  await saveProbe(db, 'stores', store.id, await firstProbe(dependencies, store.id), now);
  await tellFixSaved(dependencies, located(storeDoor, store), {
    key: waitKeys.connection(store.id),
    settingsChanged: true,
  });
}

/** The token is saved and the code is spent: a vendor that does not answer now is a remark, and is tested again. */
async function firstProbe(dependencies: Dependencies, storeId: string): Promise<ProbeReport> {
  try {
    return await dependencies.probe('store', storeId);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return refusedProbe(error);
  }
}
