import { recordUninstalled } from '../database/store-accounts.js';
import { Failure } from '../domain/failures.js';
import { isAlive, uninstalledAttention } from '../domain/install.js';
import type { Dependencies } from './dependencies.js';

/** A store's application was removed at the moment given: its keys are forgotten and a person is told. */
export async function uninstall(dependencies: Dependencies, storeId: string, at: Date): Promise<void> {
  await recordUninstalled(dependencies.db, storeId, uninstalledAttention(storeId), at);
}

/**
 * Whether a store's token still opens anything. News of an uninstall may come hours late, when the application is back;
 * one probe tells. Throws Failure when the marketplace does not answer: the news is then to be sent again.
 */
export async function hasLiveToken(dependencies: Dependencies, storeId: string): Promise<boolean> {
  try {
    return isAlive(await dependencies.probe('store', storeId));
  } catch (error) {
    if (error instanceof Failure && error.outcome === 'rejected') return false;
    throw error;
  }
}
