import { lineAnswer } from './line-answers.js';
import type { SandboxLine, SandboxOrder, SandboxState } from './state.js';

/** Whether the asker wants consignments in full, with lines, and in the structure that is an object. */
export interface Include {
  consignments: boolean;
  lines: boolean;
  object: boolean;
}

export function link(state: SandboxState, order: SandboxOrder, name: string) {
  const resource = `/orders/${order.id}/${name}`;
  return { url: `https://api.bigcommerce.com/stores/${state.storeHash}/v2${resource}`, resource };
}

export function consignmentsOf(state: SandboxState, order: SandboxOrder, include: Include): unknown {
  if (!include.consignments) return link(state, order, 'consignments');
  const lines = (wanted: (line: SandboxLine) => boolean) =>
    include.lines
      ? order.lines
          .filter(wanted)
          .slice(0, state.settings.includedLines)
          .map((line) => lineAnswer(order, line))
      : [link(state, order, 'products')];
  const pickups = order.lines.filter((line) => line.pickupMethodId !== 0);
  const downloads = order.lines.filter((line) => line.type === 'digital');
  const gifts = order.lines.filter((line) => line.type === 'giftcertificate');
  const consignments = {
    pickups: pickups.length > 0 ? [{ ...pickup, line_items: lines((line) => pickups.includes(line)) }] : [],
    shipping: order.addresses.map((address) => ({
      id: address.id,
      ...address.person,
      form_fields: [],
      line_items: lines((line) => line.addressId === address.id),
      ...shippingCosts(order, address.id, address.method),
      shipping_quotes: link(state, order, `consignments/shipping/${address.id}/shipping_quotes`),
    })),
    downloads:
      downloads.length > 0
        ? [{ recipient_email: order.billing.email, line_items: lines((line) => downloads.includes(line)) }]
        : [],
    email: {
      gift_certificates:
        gifts.length > 0
          ? [{ recipient_email: order.billing.email, line_items: lines((line) => gifts.includes(line)) }]
          : [],
    },
  };
  // What one gets without consignment_structure=object.
  return include.object ? consignments : [consignments];
}

const pickup = {
  id: 99,
  pickup_method_id: 1,
  pickup_method_display_name: 'Pick Up',
  collection_instructions: '',
  collection_time_description: '9am - 6pm',
  location: { id: 1, name: 'Default location', code: 'BC-LOCATION-1' },
};

function shippingCosts(order: SandboxOrder, addressId: number, method: string) {
  const lines = order.lines.filter((line) => line.addressId === addressId);
  return {
    items_total: lines.reduce((sum, line) => sum + line.quantity, 0),
    items_shipped: lines.reduce((sum, line) => sum + line.shipped, 0),
    shipping_method: method,
    base_cost: 0,
    cost_ex_tax: 0,
    cost_inc_tax: 0,
    cost_tax: 0,
    cost_tax_class_id: 2,
    base_handling_cost: 0,
    handling_cost_ex_tax: 0,
    handling_cost_inc_tax: 0,
    handling_cost_tax: 0,
    handling_cost_tax_class_id: 2,
    shipping_zone_id: 1,
    shipping_zone_name: 'United States',
  };
}

export function shippingAddressAnswer(state: SandboxState, order: SandboxOrder, addressId: number) {
  const address = order.addresses.find((each) => each.id === addressId)!;
  const costs = Object.entries(shippingCosts(order, addressId, address.method)).map(([name, value]) =>
    /cost/.test(name) && !name.endsWith('class_id') ? [name, '0.0000'] : [name, value],
  );
  return {
    id: address.id,
    order_id: order.id,
    ...address.person,
    ...(Object.fromEntries(costs) as Record<string, unknown>),
    form_fields: [],
    shipping_quotes: link(state, order, `shipping_addresses/${address.id}/shipping_quotes`),
  };
}
