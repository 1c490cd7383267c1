import type { Fields } from '../graphql/call.js';
import type { Line, Order } from '../state/orders.js';
import { gid } from '../state/shop.js';
import { itemOf, locationOf, unfulfilledPieces } from '../work/lookups.js';
import { moneyBag, nothing, times, type Amounts } from './money.js';

export interface OrderLine {
  order: Order;
  line: Line;
}

export function linesOf(order: Order): OrderLine[] {
  return order.lines.map((line) => ({ order, line }));
}

/** Of so many pieces of a line. */
export function priceOf(line: Line, pieces: number): Amounts {
  return { shop: times(line.price, pieces), presentment: times(line.presentmentPrice, pieces) };
}

const money = (pieces: (line: Line) => number) => (row: OrderLine) =>
  moneyBag(row.order, priceOf(row.line, pieces(row.line)));
const unitPrice = money(() => 1);
const total = money((line) => line.quantity);

/** No discounts and no taxes: nothing that Waybill reads depends on them. */
export const lineItem: Fields<OrderLine> = {
  id: ({ line }) => gid('LineItem', line.id),
  sku: ({ line }) => line.sku,
  name: ({ line }) => line.title,
  title: ({ line }) => line.title,
  variantTitle: ({ line }, _args, { shop }) => itemOf(shop, line.itemId).variantTitle,
  vendor: (_row, _args, { shop }) => shop.settings.shopName,
  quantity: ({ line }) => line.quantity,
  currentQuantity: ({ line }) => line.current,
  refundableQuantity: ({ line }) => line.current,
  unfulfilledQuantity: ({ line }, _args, { shop }) => unfulfilledPieces(shop, line),
  fulfillableQuantity: ({ line }, _args, { shop }) => unfulfilledPieces(shop, line),
  fulfillmentStatus: ({ line }, _args, { shop }) => (unfulfilledPieces(shop, line) === 0 ? 'fulfilled' : 'unfulfilled'),
  nonFulfillableQuantity: ({ line }) => line.quantity - line.current,
  requiresShipping: ({ line }) => line.requiresShipping,
  isGiftCard: ({ line }) => line.giftCard,
  customAttributes: ({ line }) => line.properties,
  taxable: () => true,
  restockable: () => true,
  merchantEditable: () => true,
  variant: ({ line }, _args, { shop }) => itemOf(shop, line.itemId),
  product: ({ line }, _args, { shop }) => itemOf(shop, line.itemId),
  fulfillmentService: ({ line }, _args, { shop }) => {
    const { serviceId } = locationOf(shop, line.locationId);
    return shop.services.find((each) => each.id === serviceId) ?? null;
  },
  image: () => null,
  lineItemGroup: () => null,
  sellingPlan: () => null,
  discountAllocations: () => [],
  taxLines: () => [],
  duties: () => [],
  originalUnitPriceSet: unitPrice,
  discountedUnitPriceSet: unitPrice,
  discountedUnitPriceAfterAllDiscountsSet: unitPrice,
  originalTotalSet: total,
  discountedTotalSet: total,
  totalDiscountSet: ({ order }) => moneyBag(order, nothing),
  priceAfterAllDiscountsBeforeTaxesSet: total,
};
