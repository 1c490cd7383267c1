import type { z } from 'zod';
import type { orderDetail } from '../api/order-schemas.js';
import { attentionLines } from './attention-lines.js';
import { table, when } from './table.js';

export type OrderDetail = z.infer<typeof orderDetail>;

/** The whole story of an order in plain words: where it stands and why, what was decided by what, and what proves it. */
export function orderStory(order: OrderDetail): string[] {
  return [
    ...heading(order),
    ...standing(order),
    ...section('Lines', lines(order)),
    ...section('Deliver to', deliverTo(order)),
    ...section('What warehouses were asked for', order.fulfillments.flatMap(fulfillment)),
    ...section(
      'What was sent',
      order.shipments.flatMap((each) => shipment(each, order)),
    ),
    ...section('What happened', timeline(order)),
    ...(order.temporalUrl ? ['', `In Temporal: ${order.temporalUrl}`] : []),
  ];
}

function section(title: string, content: string[]): string[] {
  return content.length === 0 ? [] : ['', title, ...content.map((line) => `  ${line}`)];
}

function words(state: string): string {
  return state.replaceAll('_', ' ');
}

function heading(order: OrderDetail): string[] {
  const kind = `${order.test ? 'test ' : ''}${order.kind}`;
  const total = order.total === null ? '' : `, ${order.total} ${order.currency ?? ''}`;
  const shipping = order.shippingDescription === null ? 'none named' : `"${order.shippingDescription}"`;
  const parent = order.parentExternalId === null ? '' : ` It belongs to ${order.parentExternalId}.`;
  const names = order.number === null ? [order.externalId] : [order.number, `receipt ${order.externalId}`];
  return [
    `Order ${names.join(', ')} (${order.id}): ${words(order.state)}`,
    `A ${kind}${total}, placed ${when(order.placedAt)}, imported ${when(order.importedAt)}; shipping ${shipping}.${parent}`,
  ];
}

/** Why it does not go on, and what would make it. */
function standing({ attention, hold, cancelOutcome }: OrderDetail): string[] {
  const said: string[] = [];
  if (attention) said.push('', ...attentionLines(attention));
  if (hold) {
    const end = hold.releaseAt === null ? 'until it is released' : `until ${when(hold.releaseAt)}`;
    const note = hold.note === null ? '' : `: ${hold.note}`;
    said.push('', `Held ${end}, for ${words(hold.reason)}, by ${hold.owner}${note}`);
  }
  if (cancelOutcome) said.push('', `Cancellation: ${words(cancelOutcome)}`);
  return said;
}

function lines(order: OrderDetail): string[] {
  const rows = order.lines.map((line) => [
    `${line.quantity} ×`,
    line.sku,
    line.title,
    line.amount === null ? '' : `${line.amount} ${order.currency ?? ''}`,
    line.standing === 'clear' ? '' : words(line.standing),
    line.shippable ? '' : 'nothing to ship',
  ]);
  return rows.length === 0 ? [] : table(['', 'SKU', 'TITLE', 'PAID', '', ''], rows);
}

function deliverTo({ shipTo, otherDestinations }: OrderDetail): string[] {
  if (!shipTo) return ['erased'];
  return [shipTo, ...otherDestinations.map((each) => each.shipTo)].flatMap(address);
}

function address(shipTo: NonNullable<OrderDetail['shipTo']>): string[] {
  const { name, company, line1, line2, city, region, postalCode, country, email, phone } = shipTo;
  const present = (parts: (string | null)[]) => parts.filter((part) => part !== null && part !== '').join(', ');
  return [
    present([name, company]),
    present([line1, line2, city, region, postalCode, country]),
    present([email, phone]),
  ].filter((line) => line !== '');
}

type Fulfillment = OrderDetail['fulfillments'][number];

function fulfillment(each: Fulfillment): string[] {
  const number = each.externalId === null ? '' : `, there ${each.externalId}`;
  const carrier = [each.carrier, each.service].filter((part) => part !== null).join(' ');
  return [
    `${each.reference} at ${each.warehouseId}${number}: ${each.state}`,
    `  method ${each.methodCode}${carrier && ` (${carrier})`}, by the rule "${each.rule}" of version ${each.ruleVersion}`,
    ...each.lines.map((line) => {
      const listing = line.listingVersion === null ? 'no listing' : `listing version ${line.listingVersion}`;
      return `  ${line.quantity} × ${line.warehouseSku} for ${line.lineId} (${listing})`;
    }),
    `  planned ${when(each.plannedAt)}, submitted ${when(each.submittedAt)}`,
  ];
}

type Shipment = OrderDetail['shipments'][number];

function shipment(each: Shipment, order: OrderDetail): string[] {
  const carrier = [each.carrier, each.service].filter((part) => part !== null).join(' ') || 'a carrier not named';
  return [
    `${when(each.shippedAt)} by ${carrier}, for ${each.reference}`,
    ...each.packages.map((parcel) => {
      const tracking = parcel.trackingNumber === null ? 'without tracking' : `tracking ${parcel.trackingNumber}`;
      const goods = parcel.items.map((item) => `${item.quantity} × ${item.warehouseSku}`).join(', ');
      const waits = parcel.partsOf === null ? '' : ` (only parts of ${parcel.partsOf.join(', ')}: not told yet)`;
      return `  ${tracking}: ${goods}${parcel.trackingUrl === null ? '' : ` ${parcel.trackingUrl}`}${waits}`;
    }),
    ...order.writes.filter((write) => write.shipmentId === each.id).map(notice),
  ];
}

function notice(write: OrderDetail['writes'][number]): string {
  if (write.state !== 'done') return `  not yet told to the marketplace: ${write.state}, ${write.attempts} attempts`;
  const read = Object.entries(write.proof ?? {})
    .filter(([name, value]) => typeof value === 'string' && name !== 'readAt')
    .map(([name, value]) => `${name} ${String(value)}`);
  return `  told to the marketplace ${when(write.doneAt)}, read back there: ${read.join(', ')}`;
}

function timeline(order: OrderDetail): string[] {
  return order.timeline.map((entry) => {
    const moved = entry.toState !== null && entry.toState !== entry.fromState ? ` → ${words(entry.toState)}` : '';
    return `${when(entry.at)}  ${words(entry.event)}${moved}: ${entry.message} (${entry.actor})`;
  });
}
