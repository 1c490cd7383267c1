import { recordUninstalled } from '../database/store-accounts.js';
import { Failure } from '../domain/failures.js';
import { isAlive, uninstalledAttention } from '../domain/install.js';
import { nowOf, type Dependencies } from './dependencies.js';

/** A store's application was removed at the moment given: its keys are forgotten and a person is told. */
export async function uninstall(dependencies: Dependencies, storeId: string, at: Date): Promise<void> {
  await recordUninstalled(dependencies.db, storeId, uninstalledAttention(storeId), at);
}

/**
 * Whether the application is really gone from a store's account; what is left of it is forgotten then. News of an
 * uninstall may come hours late, when the application is back; one probe tells. Throws Failure when the marketplace does
 * not answer: the news is then to be sent again.
 */
export async function uninstallIfGone(dependencies: Dependencies, storeId: string): Promise<boolean> {
  if (await hasLiveToken(dependencies, storeId)) return false;
  await uninstall(dependencies, storeId, nowOf(dependencies));
  return true;
}

async function hasLiveToken(dependencies: Dependencies, storeId: string): Promise<boolean> {
  try {
    return isAlive(await dependencies.probe('store', storeId));
  } catch (error) {
    if (error instanceof Failure && error.outcome === 'rejected') return false;
    throw error;
  }
}
