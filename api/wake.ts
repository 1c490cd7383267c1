import { askToYield } from '../database/webhook-inbox.js';
import { messages } from '../domain/identifiers.js';
import type { FixSaved } from '../domain/messages.js';
import type { Dependencies } from './dependencies.js';
import { signalIfRunning } from './temporal.js';

/**
 * Tells a connection's workflow that something orders may wait for was saved. A connection that is not enabled has no
 * workflow to tell, but other processes may still keep its old settings in memory.
 */
export async function tellFixSaved(
  dependencies: Dependencies,
  connection: { id: string; enabled: boolean; workflowId: string },
  fix: FixSaved & { settingsChanged: boolean },
): Promise<void> {
  const { workflowId } = connection;
  const saved: FixSaved = { key: fix.key };
  try {
    if (!connection.enabled) return;
    if (fix.settingsChanged) await signalIfRunning(dependencies, workflowId, messages.connection.settingsChanged);
    await signalIfRunning(dependencies, workflowId, messages.connection.fixSaved, saved);
  } finally {
    await askToYield(dependencies.db, connection.id);
  }
}
