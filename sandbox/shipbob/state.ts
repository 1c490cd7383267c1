/** What the stand-in remembers: a small warehouse. Quantities are pieces, times are Dates of its own clock. */
export interface ShipbobState {
  channels: Channel[];
  methods: ShippingMethod[];
  products: Product[];
  orders: Order[];
  webhooks: Webhook[];
  /** What a careful client never causes. */
  accidents: { products: string[]; shippingMethods: string[]; refusedDuplicates: number };
  nextId(): number;
}

export interface Channel {
  id: number;
  name: string;
  application: string;
  scopes: string[];
}

export interface ShippingMethod {
  id: number;
  name: string;
  active: boolean;
  isDefault: boolean;
}

export interface Product {
  id: number;
  variantId: number;
  inventoryId: number;
  sku: string;
  /** The SKU under which a channel knows it, where it differs. */
  sellerSku: string;
  channelId: number;
  name: string;
  onHand: number;
  /** Pieces set aside for open shipments. */
  committed: number;
  /** Kept at the warehouse as a bundle: pieces of these stock items make one. */
  bundle: { sku: string; quantity: number }[];
  createdAt: Date;
}

export type ShipmentStatus = 'Processing' | 'Completed' | 'Exception' | 'OnHold' | 'Cancelled' | 'LabeledCreated';

/** Pieces by the reference the client sent. */
export type Contents = Map<string, number>;

export interface Shipment {
  id: number;
  status: ShipmentStatus;
  contents: Contents;
  /** Non-empty for an order packed in cartons. */
  cartons: { id: number; contents: Contents }[];
  tracking: Tracking | null;
  createdAt: Date;
  updatedAt: Date;
  labelledAt: Date | null;
  /** Its stock is set aside. */
  allocated: boolean;
  /** Why it is in its status, e.g. OutOfStock. */
  detail: { id: number; name: string; description: string } | null;
}

export interface Tracking {
  carrier: string;
  service: string;
  number: string | null;
  shippedAt: Date | null;
}

export interface OrderLine {
  reference: string;
  productId: number;
  name: string;
  quantity: number;
}

export interface Order {
  id: number;
  channelId: number;
  reference: string;
  /** The request as it was accepted; its recipient and the like are given back unchanged. */
  request: Record<string, unknown>;
  lines: OrderLine[];
  shipments: Shipment[];
  createdAt: Date;
  updatedAt: Date;
}

export interface Webhook {
  id: string;
  url: string;
  topics: string[];
  secret: string;
  description: string | null;
  createdAt: Date;
}

/** Scopes of a personal access token with full access, and of ShipBob's own default channel beside it. */
const readScopes = ['channels_read', 'orders_read', 'products_read', 'inventory_read', 'webhooks_read'];
const writeScopes = ['orders_write', 'products_write', 'webhooks_write'];

export function createState(): ShipbobState {
  let id = 100_000;
  const nextId = () => (id += 1);
  const method = (name: string) => ({ id: nextId(), name, active: true, isDefault: true });
  return {
    channels: [
      { id: nextId(), name: 'ShipBob Default', application: 'ShipBob', scopes: [...readScopes] },
      { id: nextId(), name: 'Sandbox token', application: 'SMA', scopes: [...readScopes, ...writeScopes] },
    ],
    methods: ['Standard', 'Expedited', '2-Day'].map(method),
    products: [],
    orders: [],
    webhooks: [],
    accidents: { products: [], shippingMethods: [], refusedDuplicates: 0 },
    nextId,
  };
}

/** The channel that takes writes. */
export function tokenChannel(state: ShipbobState): Channel {
  return state.channels[1]!;
}

export function findProduct(state: ShipbobState, reference: string): Product | undefined {
  return state.products.find((each) => each.sku === reference || each.sellerSku === reference);
}

/** An order's status follows from its shipments, as ShipBob says. */
export function orderStatus(order: Order): string {
  const statuses = order.shipments.map((each) => each.status).filter((each) => each !== 'Cancelled');
  if (statuses.length === 0) return 'Cancelled';
  if (statuses.every((each) => each === 'Completed')) return 'Fulfilled';
  if (statuses.includes('Completed')) return 'PartiallyFulfilled';
  return statuses.includes('Exception') ? 'Exception' : 'Processing';
}
