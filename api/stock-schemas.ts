import { z } from 'zod';
import { defaultStockSettings } from '../domain/stock-decision.js';
import { attention } from './connection-view.js';
import { id, maybeTime, time } from './schemas.js';

const settings = {
  buffer: z.number().int().min(0).max(1_000_000).meta({ description: 'Pieces of each SKU that are never offered.' }),
  everyMinutes: z.number().int().min(1).max(1_440).meta({ description: 'Between two rounds; news bring one sooner.' }),
};

/** What a person sends: only the fields to set. */
export const stockSettingsChange = z
  .strictObject(settings)
  .partial()
  .meta({ id: 'StockSettingsChange', description: `Defaults: ${JSON.stringify(defaultStockSettings)}` });

export const newStockSync = z.strictObject({ storeId: id, warehouseId: id, settings: stockSettingsChange.default({}) });

export const stockSync = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    storeId: z.string(),
    storeName: z.string(),
    warehouseId: z.string(),
    warehouseName: z.string(),
    settings: z.object(settings),
    paused: z.boolean(),
    storeRests: z.boolean().meta({
      description: 'The store is paused or not enabled. Its sales are not read, so nothing is written to it.',
    }),
    lastRoundAt: maybeTime,
    lastSuccessAt: maybeTime,
    comparedAt: maybeTime.meta({ description: 'When every SKU was last compared with the store; null: at once.' }),
    attention,
    problems: z.record(z.string(), z.number().int()).meta({ description: 'SKUs that are not written, by cause.' }),
    createdAt: time,
    temporalUrl: z.string().nullable(),
  })
  .meta({ id: 'StockSync', description: "Keeps a store's stock in step with one warehouse." });

const push = z.object({
  placeId: z.string(),
  quantity: z.number().int(),
  was: z.number().int().nullable().meta({ description: 'What the store showed before; null: it was not stocked.' }),
  state: z.enum(['sending', 'accepted', 'proven', 'stale', 'refused']).meta({
    description:
      '"sending": the outcome is not known yet. "accepted": the marketplace took it and does not show it yet. ' +
      '"proven": it was read back. "stale": somebody changed the figure meanwhile.',
  }),
  note: z.string().nullable().meta({ description: "The marketplace's proof or reason." }),
  sentAt: time,
  readBackAt: maybeTime.meta({ description: 'When the store was last looked at for it.' }),
});

const place = z.object({
  placeId: z.string(),
  title: z.string(),
  level: z.number().int().nullable(),
  committed: z.number().int().meta({ description: 'Pieces of open orders that the marketplace keeps apart.' }),
  refusal: z.object({ cause: z.string(), message: z.string() }).nullable(),
});

export const stockLevel = z
  .object({
    sku: z.string(),
    sellable: z.number().int().nullable().meta({ description: 'Pieces to offer; null where nobody can tell.' }),
    waiting: z.number().int().meta({ description: 'Pieces sold there beyond our orders, e.g. in unpaid ones.' }),
    problem: z.object({ cause: z.string(), message: z.string(), fix: z.string() }).nullable().meta({
      description: 'Why nothing is written, e.g. "conflict": two warehouses claim the SKU.',
    }),
    places: z.array(place).meta({ description: 'The items that bear the SKU, as last read at the store.' }),
    pushes: z.array(push).meta({ description: 'Figures written, newest first: one in lists, 20 for one SKU.' }),
    computedAt: time,
  })
  .meta({ id: 'StockLevel', description: 'The stock of one SKU: what it should be, what was written, and the proof.' });
