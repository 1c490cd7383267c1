import { z } from 'zod';
import { defaultStoreSettings } from '../domain/store.js';
import { utcTime } from './schemas.js';

const monthOfMinutes = 30 * 24 * 60;

const fields = {
  importTestOrders: z.boolean().meta({ description: 'Import test purchases; they are marked and never sent.' }),
  acceptOrdersAfter: utcTime.nullable().meta({ description: 'Older orders are skipped.' }),
  fulfilledElsewhereBefore: utcTime.nullable().meta({
    description: 'Older orders were fulfilled elsewhere: recorded as closed, never sent to a warehouse.',
  }),
  reviewFirstImport: z.boolean().meta({ description: 'Hold everything until the first import is opened.' }),
  reviewEveryOrder: z.boolean().meta({ description: 'Hold each order until a person releases it.' }),
  delayMinutes: z.number().int().min(0).max(monthOfMinutes).meta({ description: 'Wait after import.' }),
  unlistedSku: z.enum(['attention', 'pass_through']),
  shipmentExpectedDays: z.number().int().min(1).max(365).meta({
    description: 'Days after which an order that has not shipped is raised to a person.',
  }),
  pollSeconds: z
    .strictObject({ busy: z.number().int().min(10).max(3600), idle: z.number().int().min(10).max(3600) })
    .refine((wait) => wait.idle >= wait.busy, { path: ['idle'], error: 'must not be shorter than busy' })
    .meta({ description: 'The shortest and the longest wait between two polls.' }),
  reconciliation: z.enum(['mend', 'report', 'off']).meta({
    description: 'Once a day: compare marketplace, warehouse and Waybill, and mend what is safe or only report it.',
  }),
  answerRequests: z.boolean().meta({
    description: 'Act as the fulfillment service our app registered: accept or reject what the merchant asks of it.',
  }),
  restockReturns: z.enum(['restock', 'inspect', 'discard']).meta({
    description: 'What is to be done with pieces that come back, where nobody decided at the marketplace.',
  }),
  marketplace: z.record(z.string(), z.unknown()).meta({
    description: 'What only this marketplace knows; GET /v1/connectors describes it.',
  }),
};

const defaults = JSON.stringify(defaultStoreSettings);

/** What a person sends: only the fields to set, unknown ones refused. */
export const settingsChange = z
  .strictObject(fields)
  .partial()
  .meta({ id: 'StoreSettingsChange', description: `Defaults: ${defaults}` });

export const settingsView = z.object(fields).meta({ id: 'StoreSettings' });
