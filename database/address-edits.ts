import type { Address } from '../domain/address.js';
import { newId } from './ids.js';
import type { Database } from './pool.js';

/** Stages a corrected address; it counts once the order's workflow takes it over. Returns the edit's id. */
export async function stageAddressEdit(
  db: Database,
  orderId: string,
  destinationId: string,
  address: Address,
): Promise<string> {
  const id = newId('adr');
  await db
    .insertInto('address_edits')
    .values({ id, order_id: orderId, destination_id: destinationId, address: JSON.stringify(address) })
    .execute();
  return id;
}

/** Removes an edit the workflow refused, so that no unused people's data stays. */
export async function discardAddressEdit(db: Database, id: string): Promise<void> {
  await db.deleteFrom('address_edits').where('id', '=', id).where('applied_at', 'is', null).execute();
}
