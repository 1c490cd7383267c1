import type { Address } from '../../../domain/address.js';
import { mainDestination, type Destination } from '../../../domain/order.js';
import type { WireAddress, WireDestination, WireOrder } from './order-wire.js';
import type { Route } from './routes.js';

/** A blank field stays blank: whether the address suffices is the domain's to say, and a person's to mend. */
function addressOf(order: WireOrder, address: WireAddress): Address {
  return {
    name: nameOf(address),
    company: address.company,
    line1: address.address1 ?? '',
    line2: address.address2,
    city: address.city ?? '',
    region: address.provinceCode ?? address.province,
    postalCode: address.zip,
    country: address.countryCodeV2 ?? '',
    email: order.email,
    phone: address.phone ?? order.phone,
  };
}

function destinationAddress(order: WireOrder, to: WireDestination): Address {
  return {
    name: nameOf(to),
    company: to.company,
    line1: to.address1 ?? '',
    line2: to.address2,
    city: to.city ?? '',
    region: to.province,
    postalCode: to.zip,
    country: to.countryCode ?? '',
    email: to.email ?? order.email,
    phone: to.phone ?? order.phone,
  };
}

const nameOf = (of: { firstName: string | null; lastName: string | null }) =>
  [of.firstName, of.lastName].filter((part) => part?.trim()).join(' ');

const nowhere: Address = {
  name: '', company: null, line1: '', line2: null, city: '', region: null, postalCode: null, country: '', email: null,
  phone: null,
}; // prettier-ignore

/**
 * The order's shipping address, and others where fulfillment orders go elsewhere (a pickup point, a parcel to a friend),
 * numbered in the order of the fulfillment orders. Regions are not compared: an order gives their code, a fulfillment
 * order their name.
 */
export function destinationsOf(order: WireOrder, routes: Route[]) {
  const targets = routes.flatMap(({ from }) => from.destination ?? []);
  const main = order.shippingAddress
    ? addressOf(order, order.shippingAddress)
    : targets[0]
      ? destinationAddress(order, targets[0])
      : { ...nowhere, email: order.email, phone: order.phone };
  const places = [placeOf(main)];
  const others: Destination[] = [];
  for (const target of targets) {
    const address = destinationAddress(order, target);
    if (places.includes(placeOf(address))) continue;
    places.push(placeOf(address));
    others.push({
      destinationId: `address-${places.length}`,
      shipTo: address,
      shippingDescription: order.shippingLine?.title ?? null,
    });
  }
  const of = (route: Route | undefined): string => {
    const target = route?.from.destination;
    const index = target ? places.indexOf(placeOf(destinationAddress(order, target))) : 0;
    return index === 0 ? mainDestination : `address-${index + 1}`;
  };
  return { main, others, of };
}

function placeOf(address: Address): string {
  const { name, line1, line2, postalCode, city, country } = address;
  return [name, line1, line2, postalCode, city, country].map((part) => (part ?? '').trim().toLowerCase()).join('|');
}
