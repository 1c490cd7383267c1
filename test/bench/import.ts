import { startWaybill } from '../support/waybill.js';

/** Calls to ClickBank until fifty new orders are in: the lists alone, before any of them is looked at again. */
export async function measureImport(): Promise<{ marketplaceCallsPer50Orders: number }> {
  const waybill = await startWaybill({ settings: { pollSeconds: { busy: 60, idle: 295 } } });
  waybill.clickbank.addSamples(50, 'plain');
  await waybill.enable();
  for (let imported = 0; imported < 50;) {
    const row = await waybill.db
      .selectFrom('orders')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .executeTakeFirst();
    imported = Number(row?.count);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { calls } = waybill.clickbank.standIn;
  const lists = calls.filter((call) => call.path.endsWith('/list') && !call.query['receipt']);
  await waybill.stop();
  return { marketplaceCallsPer50Orders: lists.length };
}
