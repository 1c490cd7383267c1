import type { ColumnType, Generated } from 'kysely';
import type { Address } from '../domain/address.js';
import type { Attention } from '../domain/attention.js';
import type { Hold } from '../domain/hold.js';
import type { LedgerEntry, ShippedItem } from '../domain/ledger.js';
import type { ListingComponent } from '../domain/listing.js';
import type { CancelOutcome } from '../domain/messages.js';
import type { LineStanding, MarketplaceOrder, Weight } from '../domain/order.js';
import type { OrderState } from '../domain/order-states.js';
import type { PrivacyDone, PrivacyKind } from '../domain/privacy.js';
import type { ShippingChoice, ShippingRule } from '../domain/shipping-rule.js';
import type { MarketplaceName, ProbeReport, StoreSettings, WarehouseSystem, WebhookHealth } from '../domain/store.js';

/** The tables of database/migrations, for Kysely. Read as Date, written as Date or ISO text. */
type Time = ColumnType<Date, Date | string, Date | string>;
type NullableTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Defaulted<T> = ColumnType<T, T | undefined, T>;
type Json<T> = ColumnType<T, string, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

export interface Schema {
  tenants: { id: string; name: string; created_at: Generated<Date> };
  api_keys: {
    id: string;
    tenant_id: string | null;
    role: 'operator' | 'support' | 'merchant';
    name: string;
    secret_hash: Buffer;
    created_at: Generated<Date>;
    last_used_at: NullableTime;
    expires_at: NullableTime;
    revoked_at: NullableTime;
  };
  stores: Connection & {
    marketplace: MarketplaceName;
    settings: Json<StoreSettings>;
    settings_saved_at: Defaulted<Date>;
    webhook_path: string;
    first_import_opened_at: NullableTime;
    last_order_at: NullableTime;
    account: string | null;
    installed_at: NullableTime;
    uninstalled_at: NullableTime;
    webhooks: NullableJson<WebhookHealth>;
  };
  warehouses: Connection & {
    system: WarehouseSystem;
    settings: Json<Record<string, unknown>>;
    webhook_path: string;
  };
  credentials: {
    connection_id: string;
    field: 'api' | 'webhook';
    tenant_id: string;
    version: number;
    key_id: string;
    wrapped_key: Buffer;
    ciphertext: Buffer;
    updated_at: Defaulted<Date>;
  };
  listings: {
    store_id: string;
    sku: string;
    version: number;
    components: Json<ListingComponent[]>;
    warehouse_id: string | null;
    deleted: Defaulted<boolean>;
    saved_at: Generated<Date>;
    saved_by: string;
  };
  shipping_rule_sets: {
    store_id: string;
    version: number;
    rules: Json<ShippingRule[]>;
    otherwise: Json<ShippingChoice | 'attention'>;
    saved_at: Generated<Date>;
    saved_by: string;
  };
  orders: {
    id: string;
    tenant_id: string;
    store_id: string;
    external_id: string;
    parent_external_id: string | null;
    kind: MarketplaceOrder['kind'];
    state: OrderState;
    hold: NullableJson<Hold>;
    attention: NullableJson<Attention>;
    waits_for: string | null;
    cancel_outcome: CancelOutcome | null;
    test: boolean;
    vendor: string | null;
    currency: string | null;
    total: string | null;
    weight: NullableJson<Weight>;
    shipping_description: string | null;
    generation: Defaulted<number>;
    ledger: ColumnType<LedgerEntry[], string | undefined, string>;
    placed_at: Time;
    imported_at: Defaulted<Date>;
    updated_at: Defaulted<Date>;
    workflow_started_at: NullableTime;
    seen: string | null;
  };
  order_lines: {
    order_id: string;
    line_id: string;
    position: number;
    sku: string;
    title: string;
    quantity: number;
    amount: string | null;
    shippable: boolean;
    standing: LineStanding;
    destination_id: Defaulted<string>;
    wanted: number;
  };
  recipients: {
    order_id: string;
    destination_id: Defaulted<string>;
    shipping_description: string | null;
    version: Defaulted<number>;
    name: string;
    company: string | null;
    line1: string;
    line2: string | null;
    city: string;
    region: string | null;
    postal_code: string | null;
    country: string;
    email: string | null;
    phone: string | null;
    erased_at: NullableTime;
    seen: string | null;
  };
  order_changes: { order_id: string; id: string; taken: Json<object>; staged_at: Generated<Date> };
  address_edits: {
    id: string;
    order_id: string;
    destination_id: Defaulted<string>;
    address: Json<Address>;
    staged_at: Generated<Date>;
    applied_at: NullableTime;
  };
  fulfillments: {
    reference: string;
    order_id: string;
    warehouse_id: string;
    number: number;
    generation: number;
    destination_id: Defaulted<string>;
    state: 'planned' | 'submitted' | 'shipped' | 'cancelled';
    method_code: string;
    carrier: string | null;
    service: string | null;
    rule: string;
    rule_version: number;
    external_id: string | null;
    planned_at: Generated<Date>;
    submitted_at: NullableTime;
  };
  fulfillment_lines: {
    reference: string;
    line_id: string;
    warehouse_sku: string;
    per_unit: number;
    quantity: number;
    listing_version: number | null;
  };
  shipments: {
    id: string;
    reference: string;
    external_id: string;
    shipped_at: Time;
    carrier: string | null;
    service: string | null;
    received_at: Generated<Date>;
    signalled_at: NullableTime;
    lines: NullableJson<{ lineId: string; quantity: number }[]>;
  };
  packages: {
    shipment_id: string;
    package_id: string;
    tracking_number: string | null;
    tracking_url: string | null;
    items: Json<ShippedItem[]>;
  };
  write_intents: {
    business_key: string;
    kind: 'submission' | 'writeback';
    order_id: string;
    shipment_id: string | null;
    request_hash: string;
    state: 'sending' | 'unknown' | 'done' | 'rejected';
    attempts: Defaulted<number>;
    lease_until: NullableTime;
    sent_at: NullableTime;
    proof: NullableJson<Record<string, unknown>>;
    done_at: NullableTime;
  };
  timeline: {
    id: Generated<string>;
    order_id: string;
    at: Generated<Date>;
    event: string;
    from_state: OrderState | null;
    to_state: OrderState | null;
    actor: string;
    message: string;
    details: ColumnType<Record<string, unknown>, string | undefined, string>;
  };
  skipped_orders: {
    id: Generated<string>;
    tenant_id: string;
    store_id: string;
    skip_key: string;
    external_id: string | null;
    line_id: string | null;
    cause: string;
    reason: string;
    raw: NullableJson<unknown>;
    first_seen_at: Generated<Date>;
    last_seen_at: Defaulted<Date>;
    resolved_at: NullableTime;
    erased_at: NullableTime;
  };
  installs: {
    id: string;
    tenant_id: string;
    store_id: string;
    marketplace: MarketplaceName;
    account: string;
    state_hash: Buffer;
    created_by: string;
    created_at: Generated<Date>;
    expires_at: Time;
    used_at: NullableTime;
  };
  privacy_requests: {
    id: string;
    tenant_id: string;
    store_id: string;
    kind: PrivacyKind;
    request_key: string;
    subject_hash: Buffer | null;
    external_ids: string[];
    received_at: Defaulted<Date>;
    due_at: Time;
    done_at: NullableTime;
    done: ColumnType<PrivacyDone, string | undefined, string>;
  };
  webhook_inbox: {
    id: Generated<string>;
    connection_id: string;
    delivery_key: string;
    topic: string;
    body: Json<Record<string, unknown>>;
    received_at: Generated<Date>;
    processed_at: NullableTime;
    attempts: Defaulted<number>;
    next_attempt_at: Defaulted<Date>;
    problem: string | null;
  };
  idempotency_keys: {
    scope: string;
    key: string;
    request_hash: string;
    status: number | null;
    headers: NullableJson<Record<string, string>>;
    body: NullableJson<unknown>;
    created_at: Generated<Date>;
  };
  rate_limits: { key: string; next_at: Time; blocked_until: NullableTime };
}

interface Connection {
  id: string;
  tenant_id: string;
  name: string;
  base_url: string | null;
  enabled: Defaulted<boolean>;
  paused: Defaulted<boolean>;
  probe: NullableJson<ProbeReport>;
  probed_at: NullableTime;
  cursor_at: NullableTime;
  last_poll_at: NullableTime;
  last_success_at: NullableTime;
  attention: NullableJson<Attention>;
  created_at: Generated<Date>;
  deleted_at: NullableTime;
}
