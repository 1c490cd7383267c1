import { z } from 'zod';

/** What we read of ShipBob's 2026-01 answers. Enums stay open text; everything we do not read is ignored. */

export const wireId = z.union([z.number().int(), z.string().min(1)]).transform(String);
const text = z.string().nullish();

const orderedProduct = z.object({
  id: wireId.nullish(),
  reference_id: text,
  sku: text,
  quantity: z.number().int(),
});

/** An order as it answers a find or a create: every field that proves what was asked. */
export const wireOrder = z.object({
  id: wireId,
  reference_id: text,
  status: z.string(),
  channel: z.object({ id: wireId }).nullish(),
  products: z.array(orderedProduct),
  shipments: z.array(z.object({ id: wireId, status: z.string() })).nullish(),
});
export type WireOrder = z.infer<typeof wireOrder>;

/** The same order as news: its shipments are parsed one by one, so that a bad one does not hide the others. */
export const wireNewsOrder = z.object({
  id: wireId,
  reference_id: text,
  status: z.string(),
  products: z.array(orderedProduct).nullish(),
  shipments: z.array(z.unknown()).nullish(),
});
export type WireNewsOrder = z.infer<typeof wireNewsOrder>;

const packedProduct = z.object({
  id: wireId.nullish(),
  reference_id: text,
  sku: text,
  inventory_items: z.array(z.object({ id: wireId, quantity: z.number().int().min(0) })).nullish(),
});
export type WirePackedProduct = z.infer<typeof packedProduct>;

export const wireShipment = z.object({
  id: wireId,
  status: z.string(),
  products: z.array(packedProduct).nullish(),
  tracking: z
    .object({
      carrier: text,
      carrier_service: text,
      tracking_number: text,
      tracking_url: text,
      pro_number: text,
      shipping_date: text,
    })
    .nullish(),
  actual_fulfillment_date: text,
  last_update_at: text,
  status_details: z.array(z.object({ name: text, description: text })).nullish(),
  parent_cartons: z
    .array(
      z.object({
        cartons: z
          .array(
            z.object({
              id: wireId,
              carton_details: z.array(z.object({ products: z.array(packedProduct).nullish() })).nullish(),
            }),
          )
          .nullish(),
      }),
    )
    .nullish(),
});
export type WireShipment = z.infer<typeof wireShipment>;

export const wireCancelResult = z.object({
  status: z.string(),
  order: z.object({ status: z.string() }).nullish(),
  canceled_shipment_results: z
    .array(z.object({ shipment_id: wireId, is_success: z.boolean(), reason: text }))
    .nullish(),
});

export const wireShippingMethods = z.array(z.object({ name: text, active: z.boolean().nullish() }));

/** Pages linked by cursors, as products, inventory, channels and webhooks come. */
export function wirePage<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item).nullish(), next: text });
}

export const wireProduct = z.object({
  variants: z
    .array(
      z.object({
        sku: text,
        bundle_definition: z.array(z.object({ quantity: z.number().int() })).nullish(),
        channel_metadata: z.array(z.object({ channel_id: wireId.nullish(), seller_sku: text })).nullish(),
      }),
    )
    .nullish(),
});

export const wireChannel = z.object({ id: wireId, name: text, scopes: z.array(z.string()).nullish() });
export type WireChannel = z.infer<typeof wireChannel>;

export const wireInventoryLevel = z.object({
  sku: text,
  total_on_hand_quantity: z.number().int(),
  total_fulfillable_quantity: z.number().int(),
});

export const wireWebhook = z.object({ id: wireId, url: z.string() });
export const wireNewWebhook = z.object({ id: wireId, secret: z.string().startsWith('whsec_') });
