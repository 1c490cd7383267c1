import { z } from 'zod';
import { orderStates } from '../domain/order-states.js';
import { attention } from './connection-view.js';
import { returnLine } from './returns.js';
import { maybeTime, time } from './schemas.js';

export const state = z.enum(orderStates);
const count = z.number().int();
const optionalText = z.string().nullable();

const hold = z
  .object({
    reason: z.string(),
    owner: z.string(),
    note: optionalText,
    releaseAt: maybeTime,
    waitsFor: optionalText,
  })
  .meta({ id: 'Hold', description: 'Waiting on purpose.' })
  .nullable();

export const foundOrder = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    storeId: z.string(),
    externalId: z.string().meta({ description: "The marketplace's id; for ClickBank the receipt." }),
    number: optionalText.meta({ description: 'What the shop calls it, where that is not the id: "#1001" at Shopify.' }),
    kind: z.string(),
    state,
    hold,
    attention,
    test: z.boolean(),
    currency: optionalText,
    total: optionalText.meta({ description: 'Decimal text.' }),
    shippingDescription: optionalText,
    placedAt: time,
    importedAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Order' });

const ledgerEntry = z
  .object({
    fulfillment: z.string(),
    lineId: z.string(),
    warehouseSku: z.string(),
    perUnit: count,
    ordered: count,
    shipped: count,
    cancelled: count,
  })
  .meta({ id: 'LedgerEntry' });

const line = z.object({
  lineId: z.string(),
  sku: z.string(),
  title: z.string(),
  quantity: count,
  amount: optionalText,
  shippable: z.boolean(),
  standing: z.string(),
  destinationId: z.string().meta({ description: '"main", or one of otherDestinations.' }),
});

export const address = z
  .object({
    name: z.string(),
    company: optionalText,
    line1: z.string(),
    line2: optionalText,
    city: z.string(),
    region: optionalText,
    postalCode: optionalText,
    country: z.string(),
    email: optionalText,
    phone: optionalText,
  })
  .meta({ id: 'Address' });

const fulfillment = z
  .object({
    reference: z.string().meta({ description: 'Our reference at the warehouse.' }),
    warehouseId: z.string(),
    number: count,
    generation: count,
    destinationId: z.string(),
    state: z.string(),
    methodCode: z.string(),
    carrier: optionalText,
    service: optionalText,
    rule: z.string().meta({ description: 'The shipping rule that decided, with its version.' }),
    ruleVersion: count,
    externalId: optionalText,
    plannedAt: time,
    submittedAt: maybeTime,
    lines: z.array(
      z.object({
        lineId: z.string(),
        warehouseSku: z.string(),
        perUnit: count,
        quantity: count,
        listingVersion: count.nullable(),
      }),
    ),
  })
  .meta({ id: 'Fulfillment' });

const item = z.object({ warehouseSku: z.string(), quantity: count });

const shipment = z
  .object({
    id: z.string(),
    reference: z.string(),
    externalId: z.string(),
    shippedAt: time,
    receivedAt: time,
    carrier: optionalText,
    service: optionalText,
    lines: z.array(z.object({ lineId: z.string(), quantity: count })).nullable(),
    packages: z.array(
      z.object({
        packageId: z.string(),
        trackingNumber: optionalText,
        trackingUrl: optionalText,
        items: z.array(item),
        partsOf: z
          .array(z.string())
          .nullable()
          .meta({
            description:
              'The lines of which it holds only parts, while its number waits to be told with the package that completes a ' +
              'piece of one; null for every other package.',
          }),
      }),
    ),
  })
  .meta({ id: 'Shipment' });

const write = z
  .object({
    key: z.string(),
    kind: z.string(),
    shipmentId: optionalText,
    state: z.string(),
    attempts: count,
    sentAt: maybeTime,
    doneAt: maybeTime,
    proof: z.record(z.string(), z.unknown()).nullable().meta({ description: 'What was read back from the vendor.' }),
  })
  .meta({ id: 'Write', description: 'One write to a warehouse or a marketplace.' });

const timelineEntry = z.object({
  at: time,
  event: z.string(),
  fromState: state.nullable(),
  toState: state.nullable(),
  actor: z.string(),
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
});

export const orderDetail = z
  .object({
    ...foundOrder.shape,
    parentExternalId: optionalText,
    vendor: optionalText,
    weight: z.object({ value: z.string(), unit: z.string() }).nullable(),
    waitsFor: optionalText,
    cancelOutcome: optionalText,
    generation: count,
    ledger: z.array(ledgerEntry),
    shipTo: address.nullable().meta({ description: 'Null once it was erased.' }),
    otherDestinations: z
      .array(z.object({ destinationId: z.string(), shippingDescription: optionalText, shipTo: address }))
      .meta({ description: 'Only where parts of the order go to other addresses.' }),
    lines: z.array(line),
    fulfillments: z.array(fulfillment),
    shipments: z.array(shipment),
    returns: z.array(returnLine),
    writes: z.array(write),
    timeline: z.array(timelineEntry).meta({ description: 'Every change of state with its cause, oldest first.' }),
    temporalUrl: optionalText,
  })
  .meta({ id: 'OrderDetail' });

/** The running workflow's own view. Open, because a worker may be newer than the API. */
export const liveState = z
  .looseObject({
    orderId: z.string(),
    state,
    hold,
    attention,
    step: z.string().meta({ description: 'What is being done now, in words.' }),
    cancel: z.looseObject({ outcome: z.string(), actor: z.string() }).nullable(),
    generation: count,
    ledger: z.array(ledgerEntry),
    waitingWritebacks: z.array(z.string()),
  })
  .meta({ id: 'LiveOrder' });
