import type { Activities } from '../../activities/create-activities.js';
import type { Transition } from '../../database/order-progress.js';

/** An order of one piece that goes to one warehouse; what a test says of its own is laid over it. */
export const stubReference = 'sto_1.AB12CD34.1g1';
export const stubLedger = [
  {
    ...{ fulfillment: stubReference, lineId: 'kit-1', warehouseSku: 'WH-KIT-1' },
    ...{ perUnit: 1, ordered: 1, shipped: 0, cancelled: 0 },
  },
];

/** Activities that touch nothing and succeed at once; every row for the timeline is kept. */
export function stubActivities(own: Partial<Activities> = {}): { activities: Activities; timeline: Transition[] } {
  const timeline: Transition[] = [];
  const activities: Activities = {
    planOrder: () =>
      Promise.resolve({
        fulfillments: [{ reference: stubReference, warehouseId: 'whs_1' }],
        ledger: stubLedger,
        asked: null,
      }),
    submitFulfillment: () => Promise.resolve({ outcome: 'submitted', dropped: [] }),
    writeBackShipment: () => Promise.resolve({ notices: 1 }),
    cancelFulfillment: () => Promise.resolve({ outcome: 'stopped' }),
    recordTransition: (change) => Promise.resolve(void timeline.push(change)),
    applyAddressEdit: () => Promise.resolve(),
    pollStore: () => Promise.resolve({ ended: 'turn' }),
    watchWarehouse: () => Promise.resolve({ ended: 'turn' }),
    wakeOrders: () => Promise.resolve(0),
    ...own,
  };
  return { activities, timeline };
}
