import { newId, type SandboxLine, type SandboxOrder, type SandboxPerson, type SandboxState } from './state.js';

/** What a test or a person says of an order; everything else is filled in. Lines name an address by its place. */
export type OrderSpec = Partial<Omit<SandboxOrder, 'id' | 'addresses' | 'lines' | 'billing'>> & {
  billing?: Partial<SandboxPerson>;
  addresses?: { person?: Partial<SandboxPerson>; method?: string }[];
  lines?: (Partial<Omit<SandboxLine, 'id' | 'addressId' | 'parentId'>> & {
    /** Place in `addresses`, the first by default; null goes nowhere. */
    to?: number | null;
    /** Place in `lines` of the set it is a pick of. */
    pickOf?: number;
  })[];
};

const samplePerson: SandboxPerson = {
  first_name: 'Ann',
  last_name: 'Sample',
  company: '',
  street_1: '1 Main St',
  street_2: '',
  city: 'Boise',
  state: 'Idaho',
  zip: '83702',
  country: 'United States',
  country_iso2: 'US',
  phone: '2085550100',
  email: 'ann@example.com',
};

const sampleLine = {
  productId: 1,
  variantId: 1,
  sku: 'kit-1',
  name: 'Starter Kit',
  type: 'physical',
  quantity: 1,
  shipped: 0,
  refunded: 0,
  pickupMethodId: 0,
  price: '49.9500',
};

export function addOrder(state: SandboxState, spec: OrderSpec): SandboxOrder {
  const now = state.now().toISOString();
  const addresses = (spec.addresses ?? [{}]).map((each) => ({
    id: newId(state),
    person: { ...samplePerson, ...each.person },
    method: each.method ?? 'Standard Shipping',
  }));
  const ids = (spec.lines ?? [{}]).map(() => newId(state));
  const lines = (spec.lines ?? [{}]).map(({ to = 0, pickOf, ...line }, index) => ({
    ...sampleLine,
    ...line,
    id: ids[index]!,
    addressId: to === null ? 0 : (addresses[to]?.id ?? 0),
    parentId: pickOf === undefined ? null : ids[pickOf]!,
  }));
  const order: SandboxOrder = {
    statusId: 11,
    createdAt: now,
    modifiedAt: spec.createdAt ?? now,
    shippedAt: null,
    archived: false,
    channelId: 1,
    currency: 'USD',
    paymentMethod: 'Credit Card',
    paymentStatus: 'captured',
    raw: {},
    ...spec,
    id: newId(state),
    billing: { ...samplePerson, ...spec.billing },
    addresses,
    lines,
  };
  state.orders.push(order);
  return order;
}

/** What a carrier takes; sets among it, since BigCommerce counts them too. */
export function isParcelGoods(line: SandboxLine): boolean {
  return line.type === 'physical' && line.addressId !== 0 && line.pickupMethodId === 0;
}

export function openPieces(line: SandboxLine): number {
  return line.quantity - line.shipped - line.refunded;
}

/** Status 2 once nothing is left to ship, 3 while something is (reference/bigcommerce.md §3, Effect on status). */
export function statusAfterShipment(order: SandboxOrder): number {
  return order.lines.filter(isParcelGoods).every((line) => openPieces(line) <= 0) ? 2 : 3;
}

export function findOrder(state: SandboxState, id: unknown): SandboxOrder | null {
  return state.orders.find((order) => String(order.id) === String(id)) ?? null;
}
