import { newId } from '../../database/ids.js';
import type { Database } from '../../database/pool.js';
import { defaultStoreSettings } from '../../domain/store.js';

/** A tenant with one store, as rows. */
export async function aStoreRow(db: Database): Promise<{ id: string; tenantId: string }> {
  const tenantId = newId('ten');
  const id = newId('sto');
  await db.insertInto('tenants').values({ id: tenantId, name: 'Example Traders' }).execute();
  await db
    .insertInto('stores')
    .values({
      ...{ id, tenant_id: tenantId, name: 'Example Store', marketplace: 'clickbank', base_url: null },
      webhook_path: id,
      settings: JSON.stringify(defaultStoreSettings),
    })
    .execute();
  return { id, tenantId };
}
