import { seededRandom } from '../stand-in.js';
import { sandboxBigcommerceApp, type SandboxApp } from './app.js';

export interface SandboxPerson {
  first_name: string;
  last_name: string;
  company: string;
  street_1: string;
  street_2: string;
  city: string;
  state: string;
  zip: string;
  country: string;
  country_iso2: string;
  phone: string;
  email: string;
}

export interface SandboxAddress {
  id: number;
  person: SandboxPerson;
  method: string;
}

export interface SandboxLine {
  id: number;
  productId: number;
  variantId: number;
  sku: string;
  name: string;
  type: string;
  quantity: number;
  shipped: number;
  refunded: number;
  /** 0 where it goes to no address. */
  addressId: number;
  pickupMethodId: number;
  parentId: number | null;
  /** Price of one piece, four places. */
  price: string;
}

export interface SandboxOrder {
  id: number;
  statusId: number;
  /** UTC, ISO 8601. */
  createdAt: string;
  modifiedAt: string;
  shippedAt: string | null;
  archived: boolean;
  channelId: number;
  currency: string;
  paymentMethod: string;
  paymentStatus: string;
  billing: SandboxPerson;
  addresses: SandboxAddress[];
  lines: SandboxLine[];
  /** Laid over the answer as it is: makes a malformed or an unusual order. */
  raw: Record<string, unknown>;
}

export interface SandboxShipment {
  id: number;
  orderId: number;
  addressId: number;
  createdAt: string;
  trackingNumber: string;
  trackingLink: string;
  trackingCarrier: string;
  shippingProvider: string;
  shippingMethod: string;
  comments: string;
  items: { order_product_id: number; product_id: number; quantity: number }[];
}

export interface SandboxVariant {
  id: number;
  sku: string;
  /** Null for the variant that stands for the product itself. */
  skuId: number | null;
}

export interface SandboxProduct {
  id: number;
  name: string;
  tracking: 'none' | 'product' | 'variant';
  variants: SandboxVariant[];
}

export interface SandboxLocation {
  id: number;
  code: string;
  label: string;
  enabled: boolean;
  isDefault: boolean;
}

export interface SandboxToken {
  accessToken: string;
  clientId: string;
  clientSecret: string;
  scopes: string[];
}

export interface SandboxHook {
  id: number;
  clientId: string;
  scope: string;
  destination: string;
  is_active: boolean;
  headers: Record<string, string> | null;
  created_at: number;
  updated_at: number;
}

/** What a person may change while the sandbox runs. */
export interface SandboxSettings {
  /** Calls in a window, for all of the store's apps together. */
  quota: number;
  windowMs: number;
  updateStockBehavior: 'order_placed' | 'order_completed_or_shipped';
  /** By channel, where one says otherwise. */
  channelStockBehavior: Record<number, SandboxSettings['updateStockBehavior']>;
  /** How long a stock write stays out of what is read. */
  inventoryLagMs: number;
  /** Lines of one consignment that an include brings at most; the real limit is not documented. */
  includedLines: number;
  /** How long a new shipment stays out of the list. */
  shipmentLagMs: number;
  /** The merchant's own names of statuses. */
  labels: Record<number, string>;
  /** Whether deliveries are signed beside carrying the hook's headers. */
  signDeliveries: boolean;
}

export interface StockWrite {
  at: string;
  reason: string;
  items: { location_id: number; product_id?: number; variant_id?: number; sku?: string; quantity: number }[];
}

export interface SandboxState {
  now: () => Date;
  random: () => number;
  storeHash: string;
  settings: SandboxSettings;
  tokens: SandboxToken[];
  app: SandboxApp;
  orders: SandboxOrder[];
  shipments: SandboxShipment[];
  /** One mail goes to the customer for each shipment. */
  mails: { orderId: number; shipmentId: number }[];
  products: SandboxProduct[];
  locations: SandboxLocation[];
  /** Pieces on hand by location and item, e.g. "1:variant:12". */
  stock: Map<string, number>;
  stockWrites: StockWrite[];
  hooks: SandboxHook[];
  lastId: number;
}

/** Every scope the work of an order and its stock needs. */
export const allScopes = [
  'store_v2_orders',
  'store_v2_products_read_only',
  'store_inventory',
  'store_locations_read_only',
  'store_v2_information_read_only',
];

/** Invented; what a person would paste. */
export const sandboxBigcommerceCredentials = {
  storeHash: 'demogarden',
  clientId: 'sandboxclient0000000000000000001',
  clientSecret: 'sandboxsecret0000000000000000001',
  accessToken: 'sandboxtoken00000000000000000001',
};

export function createState(options: {
  seed: number;
  now: () => Date;
  settings: Partial<SandboxSettings>;
}): SandboxState {
  const { storeHash, ...token } = sandboxBigcommerceCredentials;
  return {
    now: options.now,
    random: seededRandom(options.seed),
    storeHash,
    settings: {
      quota: 150,
      windowMs: 30_000,
      updateStockBehavior: 'order_placed',
      channelStockBehavior: {},
      inventoryLagMs: 0,
      includedLines: 50,
      shipmentLagMs: 0,
      labels: {},
      signDeliveries: true,
      ...options.settings,
    },
    tokens: [{ ...token, scopes: [...allScopes] }],
    app: { ...sandboxBigcommerceApp, scopes: [...allScopes], grants: [] },
    orders: [],
    shipments: [],
    mails: [],
    products: [],
    locations: [{ id: 1, code: 'BC-LOCATION-1', label: 'Default location', enabled: true, isDefault: true }],
    stock: new Map(),
    stockWrites: [],
    hooks: [],
    lastId: 100,
  };
}

export function newId(state: SandboxState): number {
  return ++state.lastId;
}
