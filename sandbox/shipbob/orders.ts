import { z } from 'zod';
import { openShipment } from './work.js';
import { findProduct, tokenChannel, type Order, type OrderLine, type Product, type ShipbobState } from './state.js';

const address = z.object({
  address1: z.string().min(1),
  address2: z.string().nullish(),
  company_name: z.string().nullish(),
  city: z.string().min(1),
  state: z.string().nullish(),
  country: z.string().min(1),
  zip_code: z.string().nullish(),
});

/** The bounds of the 2026-01 schema. */
const createBody = z.looseObject({
  reference_id: z.string().min(1).max(300),
  order_number: z.string().max(400).nullish(),
  shipping_method: z.string().min(1),
  type: z.enum(['DTC', 'DropShip', 'B2B']),
  purchase_date: z.iso.datetime({ offset: true }).nullish(),
  recipient: z.object({
    name: z.string().min(1).max(300),
    email: z.email().nullish(),
    phone_number: z.string().max(50).nullish(),
    address,
  }),
  products: z
    .array(
      z.looseObject({
        reference_id: z.string().min(1),
        name: z.string().nullish(),
        quantity: z.number().int().min(1).max(2_147_483_647),
      }),
    )
    .min(1),
});

export type CreateAnswer = { order: Order } | { status: 400 | 422; errors: Record<string, string[]> };

/**
 * POST /order with its traps: an unknown SKU becomes a new product, an unknown shipping method a new one mapped to
 * Standard, and both are noted as accidents.
 */
export function createOrder(
  state: ShipbobState,
  request: { body: unknown; channelId: number; now: Date; acceptDuplicates: boolean },
): CreateAnswer {
  const parsed = createBody.safeParse(request.body);
  if (!parsed.success) return { status: 400, errors: fieldErrors(parsed.error) };
  const body = parsed.data;
  const duplicate = state.orders.some((each) => each.reference === body.reference_id);
  if (duplicate && !request.acceptDuplicates) {
    state.accidents.refusedDuplicates += 1;
    return { status: 422, errors: { '': ['Cannot insert order with existing ReferenceId'] } };
  }
  makeUpMethod(state, body.shipping_method);
  const lines: OrderLine[] = body.products.map((each) => ({
    reference: each.reference_id,
    productId: (findProduct(state, each.reference_id) ?? makeUpProduct(state, each, request.now)).id,
    name: each.name ?? each.reference_id,
    quantity: each.quantity,
  }));
  const order: Order = {
    id: state.nextId(),
    channelId: request.channelId,
    reference: body.reference_id,
    request: body,
    lines,
    shipments: [],
    createdAt: request.now,
    updatedAt: request.now,
  };
  const contents = new Map<string, number>();
  for (const line of lines) contents.set(line.reference, (contents.get(line.reference) ?? 0) + line.quantity);
  order.shipments.push(openShipment(state, contents, request.now));
  state.orders.push(order);
  return { order };
}

function fieldErrors(error: z.ZodError): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const issue of error.issues) (errors[issue.path.join('.')] ??= []).push(issue.message);
  return errors;
}

function makeUpMethod(state: ShipbobState, name: string): void {
  if (state.methods.some((each) => each.name === name)) return;
  state.methods.push({ id: state.nextId(), name, active: true, isDefault: false });
  state.accidents.shippingMethods.push(name);
}

function makeUpProduct(
  state: ShipbobState,
  product: { reference_id: string; name?: string | null | undefined },
  now: Date,
): Product {
  state.accidents.products.push(product.reference_id);
  return addProduct(state, { sku: product.reference_id, name: product.name ?? product.reference_id, onHand: 0 }, now);
}

export interface NewProduct {
  sku: string;
  sellerSku?: string;
  name?: string;
  onHand?: number;
  bundle?: { sku: string; quantity: number }[];
}

/** Plenty of stock, unless the test says otherwise. */
const defaultStock = 1_000_000;

export function addProduct(state: ShipbobState, product: NewProduct, now: Date): Product {
  const added: Product = {
    id: state.nextId(),
    variantId: state.nextId(),
    inventoryId: state.nextId(),
    sku: product.sku,
    sellerSku: product.sellerSku ?? product.sku,
    channelId: tokenChannel(state).id,
    name: product.name ?? product.sku,
    onHand: product.onHand ?? defaultStock,
    committed: 0,
    bundle: product.bundle ?? [],
    createdAt: now,
  };
  state.products.push(added);
  return added;
}
