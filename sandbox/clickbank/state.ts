import { seededRandom } from '../stand-in.js';

export interface SandboxLine {
  itemNo: string;
  title: string;
  quantity: number;
  /** What the customer paid for the line, decimal text. */
  amount: string;
  shippable: boolean;
  lineItemType: string;
  shippingMethod: string | null;
  refundPending: boolean;
  refunded: boolean;
  chargedBack: boolean;
}

export interface SandboxCustomer {
  firstName: string;
  lastName: string;
  email: string;
  phone: string | null;
  address1: string | null;
  address2: string | null;
  city: string | null;
  state: string | null;
  country: string | null;
  postalCode: string | null;
}

/** One receipt. */
export interface SandboxOrder {
  receipt: string;
  /** UTC, ISO 8601. */
  placedAt: string;
  vendor: string;
  type: 'SALE' | 'BILL';
  test: boolean;
  currency: string;
  customer: SandboxCustomer;
  lines: SandboxLine[];
  /** The receipt whose purchase this one belongs to: fillOrder fills all receipts of such a group. */
  partOf: string | null;
  /** Laid over the shipping row as it is: makes a malformed or an unusual one. */
  rawShipping: Record<string, unknown>;
  /** Likewise for the row in orders2; null hides it there. */
  rawOrder: Record<string, unknown> | null;
  /** Rows that reuse the receipt. */
  laterRows: { type: 'RFND' | 'CGBK'; at: string }[];
}

export type OrderSpec = Partial<Omit<SandboxOrder, 'customer' | 'lines'>> & {
  customer?: Partial<SandboxCustomer>;
  lines?: Partial<SandboxLine>[];
};

export interface SandboxNotice {
  receipt: string;
  itemNo: string | null;
  /** Pacific day, yyyy-mm-dd. */
  shipDate: string;
  carrier: string;
  trackingId: string | null;
  comments: string | null;
  /** Made by ClickBank itself because of fillOrder. */
  generated: boolean;
}

export interface SandboxKey {
  apiKey: string;
  /** With it the older pair DEV:API is taken too. */
  developerKey: string | null;
  roles: string[];
  /** The accounts it opens, compared without case. */
  nicknames: string[];
  /** shipping3 is granted on request only. */
  shipping3: boolean;
}

/** What a person may change while the sandbox runs. */
export interface SandboxSettings {
  perSecond: number;
  perDay: number;
  /** Receipts a page; the real one holds at most 100 and may hold fewer. */
  pageSize: number;
  /** Whether `debug` prints the key's roles; what the real one prints is not documented. */
  debugShowsRoles: boolean;
  /** How "nothing found" is told; the real one does either. */
  empty: 'no_content' | 'null';
}

export interface SandboxState {
  now: () => Date;
  random: () => number;
  settings: SandboxSettings;
  keys: SandboxKey[];
  orders: SandboxOrder[];
  notices: SandboxNotice[];
  /** One mail goes to the customer for each notice. */
  mails: { receipt: string; itemNo: string | null }[];
}

/** Invented; the sandbox takes it until other keys are set. */
export const sandboxKey: SandboxKey = {
  apiKey: 'API-SANDBOX-DEMO',
  developerKey: 'DEV-SANDBOX-DEMO',
  roles: ['api_order_read', 'api_order_write'],
  nicknames: ['demoshop', 'demogarden'],
  shipping3: true,
};

export function createState(options: {
  seed: number;
  now: () => Date;
  limits: Partial<SandboxSettings>;
}): SandboxState {
  return {
    now: options.now,
    random: seededRandom(options.seed),
    settings: {
      perSecond: 10,
      perDay: 25_000,
      pageSize: 100,
      debugShowsRoles: true,
      empty: 'no_content',
      ...options.limits,
    },
    keys: [{ ...sandboxKey }],
    orders: [],
    notices: [],
    mails: [],
  };
}

/** Fills in what a spec leaves out and keeps the order; gives it back with its receipt. */
export function addOrder(state: SandboxState, spec: OrderSpec): SandboxOrder {
  const order: SandboxOrder = {
    placedAt: state.now().toISOString(),
    vendor: 'DEMOSHOP',
    type: 'SALE',
    test: false,
    currency: 'USD',
    partOf: null,
    rawShipping: {},
    rawOrder: {},
    laterRows: [],
    ...spec,
    receipt: spec.receipt ?? newReceipt(state),
    customer: { ...sampleCustomer, ...spec.customer },
    lines: (spec.lines ?? [{}]).map((line) => ({ ...sampleLine, ...line })),
  };
  state.orders.push(order);
  return order;
}

const sampleCustomer: SandboxCustomer = {
  firstName: 'Ann',
  lastName: 'Sample',
  email: 'ann@example.com',
  phone: '2085550100',
  address1: '1 Main St',
  address2: null,
  city: 'Boise',
  state: 'ID',
  country: 'US',
  postalCode: '83702',
};

const sampleLine: SandboxLine = {
  itemNo: 'kit-1',
  title: 'Starter Kit',
  quantity: 1,
  amount: '49.95',
  shippable: true,
  lineItemType: 'ORIGINAL',
  shippingMethod: 'Standard Shipping',
  refundPending: false,
  refunded: false,
  chargedBack: false,
};

const receiptLetters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** Eight upper-case letters and digits. */
function newReceipt(state: SandboxState): string {
  for (;;) {
    const receipt = Array.from({ length: 8 }, () => receiptLetters[Math.floor(state.random() * 32)]).join('');
    if (!state.orders.some((order) => order.receipt === receipt)) return receipt;
  }
}

/** Shipped once every physical item has a notice, its own or one for the receipt as a whole. */
export function isShipped(state: SandboxState, order: SandboxOrder): boolean {
  return openItems(state, order).length === 0;
}

export function openItems(state: SandboxState, order: SandboxOrder): string[] {
  const told = state.notices.filter((notice) => notice.receipt === order.receipt);
  return order.lines
    .filter((line) => line.shippable && !told.some((notice) => [null, line.itemNo].includes(notice.itemNo)))
    .map((line) => line.itemNo);
}
