import { authenticateApiKey, createApiKey } from '../database/api-keys.js';
import { openDatabase } from '../database/pool.js';
import type { Configuration } from '../worker/configuration.js';
import { readLastUp } from './data-directory.js';

/** The operator key to try Waybill with: the one of the last start while it is good, so that it can be kept in a shell. */
export async function demoKey(
  configuration: Configuration,
  directory: string,
): Promise<{ token: string; isNew: boolean }> {
  const { DATABASE_URL, WAYBILL_API_KEY_PEPPER: pepper } = configuration;
  const { db, ...database } = openDatabase(DATABASE_URL, { size: 1, name: 'waybill up' });
  try {
    const last = await readLastUp(directory);
    const caller = last?.apiKey ? await authenticateApiKey(db, pepper, last.apiKey, new Date()) : null;
    if (last?.apiKey && caller?.role === 'operator') return { token: last.apiKey, isNew: false };
    const wanted = { role: 'operator' as const, tenantId: null, name: 'waybill up', expiresAt: null };
    return { token: (await createApiKey(db, pepper, wanted)).token, isNew: true };
  } finally {
    await database.close();
  }
}
