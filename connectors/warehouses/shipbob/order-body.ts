import type { Address } from '../../../domain/address.js';
import type { FulfillmentRequest } from '../port.js';

/** ShipBob's bounds of what we send (2026-01 schema); longer text is cut, since a label has no room for it either. */
const bounds = { name: 300, phone: 50, orderNumber: 400 };

/** The body of POST /order. Pure. */
export function orderBody(request: FulfillmentRequest, locationId: number | null): Record<string, unknown> {
  return {
    reference_id: request.reference,
    order_number: cut(request.orderNumber, bounds.orderNumber),
    type: 'DTC',
    shipping_method: request.methodCode,
    purchase_date: request.placedAt,
    recipient: recipient(request.shipTo),
    products: bySku(request.items).map((each) => ({
      reference_id: each.warehouseSku,
      name: each.title || each.warehouseSku,
      quantity: each.quantity,
    })),
    ...(locationId === null ? {} : { location_id: locationId }),
  };
}

function recipient(address: Address): Record<string, unknown> {
  return {
    name: cut(address.name, bounds.name),
    email: present(address.email),
    phone_number: address.phone === null ? null : present(cut(address.phone, bounds.phone)),
    address: {
      address1: address.line1,
      address2: present(address.line2),
      company_name: present(address.company),
      city: address.city,
      state: present(address.region),
      zip_code: present(address.postalCode),
      country: address.country,
    },
  };
}

/** Everything in an address that ShipBob may quote back at us in a complaint. */
export function peopleIn(address: Address): string[] {
  return Object.values(address).filter((each): each is string => typeof each === 'string' && each !== address.country);
}

/** ShipBob keeps one row for a product, so two lines with the same SKU are asked for together. */
function bySku(items: FulfillmentRequest['items']): FulfillmentRequest['items'] {
  const sums = new Map<string, FulfillmentRequest['items'][number]>();
  for (const item of items) {
    const sum = sums.get(item.warehouseSku);
    if (sum) sum.quantity += item.quantity;
    else sums.set(item.warehouseSku, { ...item });
  }
  return [...sums.values()];
}

const present = (text: string | null) => text?.trim() || null;

/** Cuts by UTF-16 units, as the vendor counts, without leaving half of a pair behind. */
function cut(text: string, length: number): string {
  return text
    .trim()
    .slice(0, length)
    .replace(/[\uD800-\uDBFF]$/, '');
}
