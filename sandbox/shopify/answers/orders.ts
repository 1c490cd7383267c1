import { covers } from '../graphql/access.js';
import type { Fields } from '../graphql/call.js';
import { byId, inOrder } from '../graphql/connection.js';
import type { Line, Order } from '../state/orders.js';
import { gid } from '../state/shop.js';
import { fulfillmentOrdersOf, isOpen } from '../work/lookups.js';
import { fulfillmentStatusOf } from '../work/order-status.js';
import { customerData, mailingAddress } from './addresses.js';
import { linesOf, priceOf } from './lines.js';
import { added, moneyBag, nothing, type Amounts } from './money.js';
import { returnStatusOf } from './returns.js';

const pieces = (order: Order, count: (line: Line) => number) => order.lines.reduce((sum, line) => sum + count(line), 0);
const goods = (order: Order, count: (line: Line) => number): Amounts =>
  added(order.lines.map((line) => priceOf(line, count(line))));
const shipping = ({ shipping }: Order): Amounts =>
  shipping === null ? nothing : { shop: shipping.price, presentment: shipping.presentmentPrice };
const ordered = (line: Line) => line.quantity;
const current = (line: Line) => line.current;

/** Whatever it is; weights are whole grams, in text. */
const gramsOfAPiece = 250;

export const order: Fields<Order> = {
  id: ({ id }) => gid('Order', id),
  legacyResourceId: ({ id }) => String(id),
  number: ({ name }) => Number(name.replace(/\D/g, '')),
  confirmationNumber: ({ id }) => `C${id}`,
  confirmed: () => true,
  closed: ({ closedAt }) => closedAt !== null,
  displayFinancialStatus: ({ financialStatus }) => financialStatus,
  displayFulfillmentStatus: (row, _args, { shop }) => fulfillmentStatusOf(shop, row),
  returnStatus: (row, _args, { shop }) => returnStatusOf(shop, row),
  fullyPaid: ({ financialStatus }) => financialStatus === 'PAID',
  unpaid: ({ financialStatus }) => financialStatus === 'PENDING',
  fulfillable: (row, _args, { shop }) => fulfillmentOrdersOf(shop, row).some(isOpen),
  requiresShipping: ({ lines }) => lines.some((line) => line.requiresShipping),
  merchantEditable: () => true,
  taxesIncluded: () => false,
  dutiesIncluded: () => false,
  currencyCode: ({ currency }) => currency,
  presentmentCurrencyCode: ({ presentmentCurrency }) => presentmentCurrency,
  email: ({ email }, _args, call) => customerData(call, email),
  phone: ({ phone }, _args, call) => customerData(call, phone),
  poNumber: () => null,
  customAttributes: ({ attributes }) => attributes,
  discountCodes: () => [],
  customerLocale: () => 'en',
  paymentGatewayNames: () => ['shopify_payments'],
  shippingAddress: (row, _args, call) => mailingAddress(call, row),
  billingAddress: (row, _args, call) => mailingAddress(call, row),
  displayAddress: (row, _args, call) => mailingAddress(call, row),
  customer: (row, _args, call) => customerData(call, row),
  shippingLine: (row) => shippingLines(row)[0] ?? null,
  shippingLines: (row, args) => inOrder(args, shippingLines(row)),
  lineItems: (row, args) => inOrder(args, linesOf(row)),
  // Those that the scopes do not cover are not there; which ones they are, nothing tells.
  fulfillmentOrders: (row, args, call) =>
    byId(
      args,
      fulfillmentOrdersOf(call.shop, row).filter((each) => covers(call, 'read', each)),
    ),
  fulfillments: (row, args, { shop }) =>
    shop.fulfillments.filter((each) => each.orderId === row.id).slice(0, args.first ?? undefined),
  fulfillmentsCount: (row, _args, { shop }) => ({
    count: shop.fulfillments.filter((each) => each.orderId === row.id).length,
    precision: 'EXACT',
  }),
  refunds: (row, args, { shop }) =>
    shop.refunds.filter((each) => each.orderId === row.id).slice(0, args.first ?? undefined),
  returns: (row, args, { shop }) =>
    byId(
      args,
      shop.returns.filter((each) => each.orderId === row.id),
    ),
  cancellation: (row) => (row.cancelledAt === null ? null : { staffNote: null }),
  subtotalLineItemsQuantity: (row) => pieces(row, ordered),
  currentSubtotalLineItemsQuantity: (row) => pieces(row, current),
  subtotalPriceSet: (row) => moneyBag(row, goods(row, ordered)),
  currentSubtotalPriceSet: (row) => moneyBag(row, goods(row, current)),
  totalPriceSet: (row) => moneyBag(row, added([goods(row, ordered), shipping(row)])),
  originalTotalPriceSet: (row) => moneyBag(row, added([goods(row, ordered), shipping(row)])),
  currentTotalPriceSet: (row) => moneyBag(row, added([goods(row, current), shipping(row)])),
  totalShippingPriceSet: (row) => moneyBag(row, shipping(row)),
  currentShippingPriceSet: (row) => moneyBag(row, shipping(row)),
  totalWeight: (row) => String(pieces(row, ordered) * gramsOfAPiece),
  currentTotalWeight: (row) => String(pieces(row, current) * gramsOfAPiece),
  totalTaxSet: (row) => moneyBag(row, nothing),
  currentTotalTaxSet: (row) => moneyBag(row, nothing),
  totalDiscountsSet: (row) => moneyBag(row, nothing),
  currentTotalDiscountsSet: (row) => moneyBag(row, nothing),
};

/** One or none; digital orders have none. */
function shippingLines(order: Order) {
  if (order.shipping === null) return [];
  const { title, code } = order.shipping;
  const price = moneyBag(order, shipping(order));
  return [
    {
      ...{ id: gid('ShippingLine', order.id), title, code, source: 'shopify', carrierIdentifier: null },
      ...{ custom: false, deliveryCategory: 'shipping', isRemoved: false, phone: null },
      ...{ originalPriceSet: price, discountedPriceSet: price, currentDiscountedPriceSet: price },
    },
  ];
}

/** The buyer, seen from one order: the stand-in keeps no customers of their own. */
export const customer: Fields<Order> = {
  id: ({ customerId }) => gid('Customer', customerId),
  legacyResourceId: ({ customerId }) => String(customerId),
  displayName: ({ address, email }) => [address?.firstName, address?.lastName].filter(Boolean).join(' ') || email || '',
  firstName: ({ address }) => address?.firstName ?? null,
  lastName: ({ address }) => address?.lastName ?? null,
  email: ({ email }) => email,
  phone: ({ phone }) => phone,
  defaultEmailAddress: ({ email }) => (email === null ? null : { emailAddress: email }),
  defaultPhoneNumber: ({ phone }) => (phone === null ? null : { phoneNumber: phone }),
};
