import type { SandboxState } from './state.js';

/** The fixed ids (reference/bigcommerce.md §2, Status table), and their places in the control panel's list. */
export const statuses: Record<number, { name: string; order: number; description: string }> = {
  0: { name: 'Incomplete', order: 0, description: 'Reached the payment page and did not pay.' },
  1: { name: 'Pending', order: 1, description: 'Started the checkout and did not finish it.' },
  2: { name: 'Shipped', order: 8, description: 'Shipped, receipt not confirmed.' },
  3: { name: 'Partially Shipped', order: 6, description: 'Only some items were shipped.' },
  4: { name: 'Refunded', order: 12, description: 'Refunded by the seller.' },
  5: { name: 'Cancelled', order: 9, description: 'Cancelled by the seller.' },
  6: { name: 'Declined', order: 10, description: 'Declined for lack of payment.' },
  7: { name: 'Awaiting Payment', order: 2, description: 'Payment is not confirmed yet.' },
  8: { name: 'Awaiting Pickup', order: 5, description: 'Waits for the customer to fetch it.' },
  9: { name: 'Awaiting Shipment', order: 4, description: 'Packed, waits for the carrier.' },
  10: { name: 'Completed', order: 7, description: 'Done.' },
  11: { name: 'Awaiting Fulfillment', order: 3, description: 'Paid, to be fulfilled.' },
  12: { name: 'Manual Verification Required', order: 13, description: 'On hold for a manual check.' },
  13: { name: 'Disputed', order: 11, description: 'A dispute about the payment was opened.' },
  14: { name: 'Partially Refunded', order: 14, description: 'Refunded in part.' },
};

export function labelOf(state: SandboxState, id: number): string {
  return state.settings.labels[id] ?? statuses[id]?.name ?? '';
}

export function statusAnswers(state: SandboxState): Record<string, unknown>[] {
  return Object.entries(statuses).map(([id, { name, order, description }]) => ({
    id: Number(id),
    name,
    system_label: name,
    custom_label: labelOf(state, Number(id)),
    system_description: description,
    order,
  }));
}
