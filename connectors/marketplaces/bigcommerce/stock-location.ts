import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import { v3List } from './answers.js';
import type { Bigcommerce } from './calls.js';

export interface StockLocation {
  id: number;
  label: string;
  enabled: boolean;
}

const locations = v3List(
  z.object({
    id: z.int(),
    label: z.string().nullish(),
    code: z.string().nullish(),
    enabled: z.boolean().nullish(),
  }),
);

/**
 * The chosen location, or the store's default: its id is 1 in every example, but nobody promises it
 * (reference/bigcommerce.md §5).
 */
export async function findLocation(call: Bigcommerce, chosen: number | null): Promise<StockLocation> {
  const { rows } = await call(
    {
      method: 'GET',
      path: 'v3/inventory/locations',
      query: chosen === null ? { is_default: 'true' } : { 'location_id:in': String(chosen) },
      scope: 'store_locations_read_only',
      step: 'finding the stock location',
    },
    locations,
  );
  const found = chosen === null ? rows[0] : rows.find((each) => each.id === chosen);
  if (found)
    return { id: found.id, label: found.label ?? found.code ?? String(found.id), enabled: found.enabled ?? true };
  throw new Failure(
    'request_rejected',
    chosen === null
      ? 'The store has no default location: choose one in the settings (stockLocation).'
      : `The store has no location ${chosen}: correct stockLocation in the settings.`,
    { field: 'stockLocation' },
  );
}
