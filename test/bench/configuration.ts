import { readConfiguration } from '../../worker/configuration.js';
import type { FreshDatabase } from '../support/database.js';
import { temporalAddress } from '../support/temporal.js';

/** What the API needs to be the front of a bench's own worker. */
export function configurationFor(database: FreshDatabase, keys: string, prefix: string, port = 0) {
  return readConfiguration({
    PORT: String(port),
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    WAYBILL_ENCRYPTION_KEYS: keys,
    WAYBILL_API_KEY_PEPPER: 'a pepper for the bench alone',
    WAYBILL_ALLOWED_ADDRESSES: '127.0.0.1',
    WAYBILL_TASK_QUEUE_PREFIX: prefix,
  });
}
