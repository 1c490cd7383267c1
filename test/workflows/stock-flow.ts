import { createStockSync, findStockSync, wantComparison } from '../../database/stock-syncs.js';
import { listLevels } from '../../database/stock-levels.js';
import { askToYield } from '../../database/webhook-inbox.js';
import { messages, stockWorkflowId, workflowTypes } from '../../domain/identifiers.js';
import { defaultStockSettings, type StockSettings } from '../../domain/stock-decision.js';
import { eventually } from '../support/eventually.js';
import type { Waybill } from '../support/waybill.js';

/** A stock sync of the sample store, and what tests say of it. */
export async function startStockSync(waybill: Waybill, over: Partial<StockSettings & { warehouseId: string }> = {}) {
  const { db, temporal, queues, tenantId, storeId } = waybill;
  const { warehouseId = waybill.warehouseId, ...settings } = over;
  const wanted = { tenantId, storeId, warehouseId, settings: { ...defaultStockSettings, ...settings }, location: null };
  const syncId = (await createStockSync(db, wanted))!;
  const handle = await temporal.workflow.start(workflowTypes.stock, {
    workflowId: stockWorkflowId({ storeId, warehouseId }),
    taskQueue: queues.connections,
    args: [{ syncId, paused: false, fixes: [] }],
  });
  const row = async () => (await findStockSync(db, syncId))!;
  const tell = async (message: 'pollNow' | 'pause' | 'resume' | 'stop' | 'settingsChanged') => {
    await handle.signal(messages.connection[message]);
    await askToYield(db, syncId);
  };
  /** Asks for a round and waits until it ended, well or not. */
  const round = async () => {
    const before = (await row()).lastRoundAt?.getTime() ?? 0;
    await tell('pollNow');
    return eventually(async () => {
      const now = await row();
      expect(now.lastRoundAt?.getTime() ?? 0).toBeGreaterThan(before);
      return now;
    });
  };
  return {
    ...{ syncId, handle, row, tell, round },
    /** Compares every SKU with the store. */
    async compare() {
      await wantComparison(db, syncId);
      return round();
    },
    async level(sku: string) {
      return (await listLevels(db, syncId, { sku, cause: null, after: null, limit: 1 }))[0];
    },
    async stop() {
      await tell('stop');
      await handle.result();
    },
  };
}
