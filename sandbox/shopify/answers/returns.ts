import type { Fields } from '../graphql/call.js';
import { byId } from '../graphql/connection.js';
import type { Order, Refund, Return } from '../state/orders.js';
import { gid, type Shop } from '../state/shop.js';
import { lineOf, locationOf, orderOf } from '../work/lookups.js';
import type { FulfillmentLine } from './fulfillments.js';
import { priceOf } from './lines.js';
import { added, moneyBag } from './money.js';

export function returnStatusOf(shop: Shop, order: Order): string {
  const statuses = shop.returns.filter((each) => each.orderId === order.id).map((each) => each.status);
  if (statuses.includes('OPEN')) return 'IN_PROGRESS';
  if (statuses.includes('REQUESTED')) return 'RETURN_REQUESTED';
  return statuses.includes('CLOSED') ? 'RETURNED' : 'NO_RETURN';
}

interface ReturnLine {
  id: number;
  of: Return;
  line: Return['lines'][number];
}

const linesOf = (row: Return): ReturnLine[] => row.lines.map((line) => ({ id: line.id, of: row, line }));

export const returned: Fields<Return> = {
  id: ({ id }) => gid('Return', id),
  order: (row, _args, { shop }) => orderOf(shop, row),
  requestApprovedAt: ({ status, createdAt }) => (status === 'REQUESTED' ? null : createdAt),
  decline: () => null,
  totalQuantity: ({ lines }) => lines.reduce((sum, line) => sum + line.quantity, 0),
  returnLineItems: (row, args) =>
    byId(
      args,
      linesOf(row).map((line) => ({ ...line, __typename: 'ReturnLineItem' })),
    ),
  // One for a return that was approved: the goods that are expected back.
  reverseFulfillmentOrders: (row, args) => byId(args, ['REQUESTED', 'DECLINED'].includes(row.status) ? [] : [row]),
  refunds: (_row, args) => byId(args, []),
};

export const returnLineItem: Fields<ReturnLine> = {
  id: ({ id }) => gid('ReturnLineItem', id),
  quantity: ({ line }) => line.quantity,
  processedQuantity: (row) => processed(row),
  processableQuantity: (row) => row.line.quantity - processed(row),
  unprocessedQuantity: (row) => row.line.quantity - processed(row),
  refundableQuantity: ({ line }) => line.quantity,
  refundedQuantity: () => 0,
  returnReason: ({ line }) => line.reason,
  returnReasonDefinition: ({ line }) => ({ handle: line.reason.toLowerCase(), name: line.reason, deleted: false }),
  returnReasonNote: ({ line }) => line.note,
  customerNote: () => null,
  fulfillmentLineItem: ({ line }, _args, { shop }) => fulfillmentLineOf(shop, line.fulfillmentLineId),
};

export const reverseFulfillmentOrder: Fields<Return> = {
  id: ({ id }) => gid('ReverseFulfillmentOrder', id),
  order: (row, _args, { shop }) => orderOf(shop, row),
  status: ({ status }) => ({ OPEN: 'OPEN', CANCELED: 'CANCELED' })[status as string] ?? 'CLOSED',
  lineItems: (row, args) => byId(args, linesOf(row)),
};

export const reverseFulfillmentOrderLineItem: Fields<ReturnLine> = {
  id: ({ id }) => gid('ReverseFulfillmentOrderLineItem', id),
  totalQuantity: ({ line }) => line.quantity,
  fulfillmentLineItem: ({ line }, _args, { shop }) => fulfillmentLineOf(shop, line.fulfillmentLineId),
  dispositions: ({ of, line }) => of.dispositions.filter((each) => each.lineId === line.id),
};

export const disposition: Fields<Return['dispositions'][number]> = {
  id: ({ id }) => gid('ReverseFulfillmentOrderDisposition', id),
  location: ({ locationId }, _args, { shop }) => locationOf(shop, locationId),
};

function processed({ of, line }: ReturnLine): number {
  return of.dispositions.filter((each) => each.lineId === line.id).reduce((sum, each) => sum + each.quantity, 0);
}

export function fulfillmentLineOf(shop: Shop, id: number): FulfillmentLine {
  const fulfillment = shop.fulfillments.find((each) => each.lines.some((line) => line.id === id))!;
  return { fulfillment, line: fulfillment.lines.find((line) => line.id === id)! };
}

interface RefundLine {
  id: number;
  refund: Refund;
  line: Refund['lines'][number];
}

export const refund: Fields<Refund> = {
  id: ({ id }) => gid('Refund', id),
  legacyResourceId: ({ id }) => String(id),
  order: (row, _args, { shop }) => orderOf(shop, row),
  processedAt: ({ createdAt }) => createdAt,
  updatedAt: ({ createdAt }) => createdAt,
  refundLineItems: (row, args) =>
    byId(
      args,
      row.lines.map((line): RefundLine => ({ id: line.lineId, refund: row, line })),
    ),
  totalRefundedSet: (row, _args, { shop }) => {
    const order = orderOf(shop, row);
    return moneyBag(order, added(row.lines.map(({ lineId, quantity }) => priceOf(lineOf(order, lineId), quantity))));
  },
};

export const refundLineItem: Fields<RefundLine> = {
  id: ({ id }) => gid('RefundLineItem', id),
  quantity: ({ line }) => line.quantity,
  restockType: ({ line }) => line.restock,
  restocked: ({ line }) => line.restock !== 'NO_RESTOCK',
  lineItem: ({ refund: row, line }, _args, { shop }) => {
    const order = orderOf(shop, row);
    return { order, line: lineOf(order, line.lineId) };
  },
};
