import type { Call } from '../graphql/call.js';
import type { Address, Order } from '../state/orders.js';
import type { Location } from '../state/stock.js';
import { gid } from '../state/shop.js';

/** People's data is null, not refused, for an app that Shopify has not approved to see it (reference/shopify.md §2). */
export function customerData<Value>(call: Call, value: Value): Value | null {
  return call.shop.settings.seesCustomerData ? value : null;
}

export function mailingAddress(call: Call, order: Order) {
  const { address } = order;
  if (address === null || !call.shop.settings.seesCustomerData) return null;
  const { provinceCode, countryCode, firstName, lastName, ...rest } = address;
  return {
    id: `${gid('MailingAddress', order.id)}?model_name=Address`,
    ...rest,
    firstName,
    lastName,
    name: fullName(address),
    provinceCode,
    province: provinceCode,
    countryCodeV2: countryCode,
    country: countryCode,
    formattedArea: [address.city, provinceCode, countryCode].filter(Boolean).join(', '),
    coordinatesValidated: false,
  };
}

/** A copy made when the order was routed; without a name for the province's code, as in the schema. */
export function destination(call: Call, order: Order) {
  const { address } = order;
  if (address === null) return null;
  const { provinceCode, ...rest } = address;
  const shown = call.shop.settings.seesCustomerData ? rest : blank(rest);
  return {
    id: gid('FulfillmentOrderDestination', order.id),
    ...shown,
    email: customerData(call, order.email),
    province: customerData(call, provinceCode),
    location: null,
  };
}

function blank<Row extends object>(row: Row): { [Key in keyof Row]: null } {
  return Object.fromEntries(Object.keys(row).map((key) => [key, null])) as { [Key in keyof Row]: null };
}

export function locationAddress(location: Location) {
  const { address1, city, provinceCode, countryCode, zip } = location;
  return {
    ...{ address1, address2: null, city, zip, phone: null },
    ...{ province: provinceCode, provinceCode, country: countryCode, countryCode },
    formatted: [address1, `${city} ${provinceCode} ${zip}`, countryCode],
  };
}

function fullName({ firstName, lastName }: Address): string | null {
  return [firstName, lastName].filter((part) => part !== null).join(' ') || null;
}
