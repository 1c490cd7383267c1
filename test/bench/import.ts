import { pollNow } from '../support/poke.js';
import { startWaybill, type Waybill } from '../support/waybill.js';

/**
 * Calls to ClickBank until fifty new orders of a running store are in: the lists alone, before any order is looked at
 * again. The very first look of a new store takes one call more, to learn what is shipped already.
 */
export async function measureImport(): Promise<{ marketplaceCallsPer50Orders: number }> {
  const waybill = await startWaybill({ settings: { pollSeconds: { busy: 60, idle: 295 } } });
  await waybill.enable();
  await until(
    async () => (await waybill.db.selectFrom('stores').select('cursor_at').executeTakeFirst())?.cursor_at != null,
  );
  const { calls } = waybill.clickbank.standIn;
  const before = calls.length;
  waybill.clickbank.addSamples(50, 'plain');
  await pollNow(waybill, { storeId: waybill.storeId });
  await until(async () => (await countOrders(waybill)) === 50);
  const lists = calls.slice(before).filter((call) => call.path.endsWith('/list') && !call.query['receipt']);
  await waybill.stop();
  return { marketplaceCallsPer50Orders: lists.length };
}

async function countOrders({ db }: Waybill): Promise<number> {
  const row = await db
    .selectFrom('orders')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirst();
  return Number(row?.count);
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}
