import type { Order } from '../state/orders.js';
import { toSecond, type Shop } from '../state/shop.js';
import { addOrder, type LineSpec, type OrderSpec } from './add-orders.js';
import { cancelOrder } from './orders.js';

/** Invented people and goods. */
const firstNames = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gia', 'Hal'];
const lastNames = ['Sample', 'Muster', 'Placeholder', 'Example', 'Fiction'];
const places = [
  { city: 'Boise', provinceCode: 'ID', countryCode: 'US', zip: '83702' },
  { city: 'Toronto', provinceCode: 'ON', countryCode: 'CA', zip: 'M5H 2N2' },
  { city: 'Leeds', provinceCode: null, countryCode: 'GB', zip: 'LS1 1UR' },
];
const goods = [
  { sku: 'KIT-1', title: 'Starter Kit', price: '49.95' },
  { sku: 'TEA-30', title: 'Garden Tea, 30 bags', price: '18.5' },
  { sku: 'BOOK-7', title: 'The Small Garden, printed', price: '27.0' },
];
const giftCard: LineSpec = { sku: 'GIFT-25', title: 'Gift card', price: '25.0', giftCard: true };

/** What every kind changes of the plain order. */
const kinds = {
  plain: () => ({}),
  gift_card: (plain: OrderSpec) => ({ lines: [...plain.lines!, giftCard] }),
  gift_card_only: () => ({ lines: [giftCard], address: null, shipping: null }),
  digital: () => ({ lines: [{ sku: 'PDF-1', title: 'Garden Plan, PDF', requiresShipping: false }], shipping: null }),
  two_locations: (plain: OrderSpec) => ({
    lines: [...plain.lines!, { ...goods[1], location: 'Corner Shop' }],
  }),
  other_service: (plain: OrderSpec) => ({
    lines: [...plain.lines!, { ...goods[2], location: 'Other Fulfillment' }],
  }),
  duplicate_sku: (plain: OrderSpec) => ({ lines: [...plain.lines!, ...plain.lines!] }),
  no_sku: () => ({ lines: [{ sku: null, title: 'Custom engraving' }] }),
  local_currency: (plain: OrderSpec) => ({
    presentmentCurrency: 'EUR',
    lines: plain.lines!.map((line) => ({ ...line, presentmentPrice: '44.1' })),
    shipping: { title: 'Standard', code: 'standard', price: '5.0', presentmentPrice: '4.6' },
  }),
  unpaid: () => ({ financialStatus: 'PENDING' }),
  authorized: () => ({ financialStatus: 'AUTHORIZED' }),
  partially_paid: () => ({ financialStatus: 'PARTIALLY_PAID' }),
  voided: () => ({ financialStatus: 'VOIDED' }),
  test: () => ({ test: true }),
  empty: () => ({ lines: [] }),
  on_hold: () => ({ startsOnHold: true }),
  cancelled: () => ({}),
} satisfies Record<string, (plain: OrderSpec) => OrderSpec>;

export type SampleKind = keyof typeof kinds;
export const sampleKinds = Object.keys(kinds) as SampleKind[];

/** Adds orders placed in the last hour, of one kind, or two plain ones to each of the other kinds in turn. */
export function addSamples(shop: Shop, count: number, kind?: SampleKind): Order[] {
  const others = sampleKinds.slice(1);
  return Array.from({ length: count }, (_, index) => {
    const mixed = index % 3 === 2 ? others[Math.floor(index / 3) % others.length]! : 'plain';
    return addSample(shop, kind ?? mixed);
  });
}

function addSample(shop: Shop, kind: SampleKind): Order {
  const spec = plain(shop);
  const order = addOrder(shop, { ...spec, ...kinds[kind](spec) });
  if (kind === 'cancelled') cancelOrder(shop, order);
  return order;
}

function plain(shop: Shop): OrderSpec {
  const pick = <Value>(from: readonly Value[]): Value => from[Math.floor(shop.random() * from.length)]!;
  const [firstName, lastName] = [pick(firstNames), pick(lastNames)];
  return {
    createdAt: toSecond(new Date(shop.now().getTime() - Math.floor(shop.random() * 3_600_000))),
    email: `${firstName.toLowerCase()}@example.com`,
    address: { firstName, lastName, ...pick(places) },
    lines: [{ ...pick(goods), quantity: 1 + Math.floor(shop.random() * 2) }],
  };
}
