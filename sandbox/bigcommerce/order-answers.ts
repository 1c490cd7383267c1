import { money, units } from './amounts.js';
import { rfc2822 } from './answers.js';
import { consignmentsOf, link, type Include } from './consignment-answers.js';
import type { SandboxLine, SandboxOrder, SandboxState } from './state.js';
import { labelOf, statuses } from './statuses.js';

export function orderAnswer(state: SandboxState, order: SandboxOrder, include: Include): Record<string, unknown> {
  const total = money(order.lines.reduce((sum, line) => sum + units(line.price) * line.quantity, 0));
  const pieces = (count: (line: SandboxLine) => number) => order.lines.reduce((sum, line) => sum + count(line), 0);
  return {
    id: order.id,
    customer_id: 0,
    date_created: rfc2822(order.createdAt),
    date_modified: rfc2822(order.modifiedAt),
    date_shipped: order.shippedAt ? rfc2822(order.shippedAt) : '',
    status_id: order.statusId,
    status: statuses[order.statusId]?.name ?? '',
    custom_status: labelOf(state, order.statusId),
    ...costs(total),
    items_total: pieces((line) => line.quantity),
    items_shipped: pieces((line) => line.shipped),
    payment_method: order.paymentMethod,
    payment_provider_id: '',
    payment_status: order.paymentStatus,
    refunded_amount: '0.0000',
    order_is_digital: order.lines.every((line) => line.type === 'digital'),
    store_credit_amount: '0.0000',
    gift_certificate_amount: '0.0000',
    ip_address: '',
    ip_address_v6: '',
    geoip_country: '',
    geoip_country_iso2: '',
    currency_id: 1,
    currency_code: order.currency,
    currency_exchange_rate: '1.0000000000',
    default_currency_id: 1,
    default_currency_code: order.currency,
    staff_notes: '',
    customer_message: '',
    discount_amount: '0.0000',
    coupon_discount: '0.0000',
    shipping_address_count: order.addresses.length,
    is_deleted: order.archived,
    ebay_order_id: '0',
    cart_id: '',
    billing_address: { ...order.billing, form_fields: [] },
    is_email_opt_in: false,
    order_source: 'www',
    channel_id: order.channelId,
    external_source: '',
    consignments: consignmentsOf(state, order, include),
    products: link(state, order, 'products'),
    shipping_addresses: link(state, order, 'shipping_addresses'),
    coupons: link(state, order, 'coupons'),
    fees: link(state, order, 'fees'),
    external_id: null,
    external_merchant_id: null,
    tax_provider_id: 'BasicTaxProvider',
    store_default_currency_code: 'USD',
    store_default_to_transactional_exchange_rate: '1.0000000000',
    customer_locale: 'en',
    external_order_id: '',
    ...order.raw,
  };
}

function costs(total: string): Record<string, string | number | boolean> {
  const zero = (name: string) => ({
    [`base_${name}_cost`]: '0.0000',
    [`${name}_cost_ex_tax`]: '0.0000',
    [`${name}_cost_inc_tax`]: '0.0000',
    [`${name}_cost_tax`]: '0.0000',
    [`${name}_cost_tax_class_id`]: 2,
  });
  return {
    subtotal_ex_tax: total,
    subtotal_inc_tax: total,
    subtotal_tax: '0.0000',
    ...zero('shipping'),
    ...zero('handling'),
    ...zero('wrapping'),
    total_ex_tax: total,
    total_inc_tax: total,
    total_tax: '0.0000',
    is_tax_inclusive_pricing: false,
  };
}
