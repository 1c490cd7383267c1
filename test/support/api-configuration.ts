import { readConfiguration } from '../../worker/configuration.js';
import { temporalAddress } from './temporal.js';

/** For the real API beside a test's own workers; a free port of this machine where none is named. */
export function apiConfiguration(parts: { databaseUrl: string; keys: string; prefix: string }, port = 0) {
  return readConfiguration({
    PORT: String(port),
    DATABASE_URL: parts.databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress(),
    WAYBILL_ENCRYPTION_KEYS: parts.keys,
    WAYBILL_API_KEY_PEPPER: 'a pepper for tests alone',
    WAYBILL_ALLOWED_ADDRESSES: '127.0.0.1',
    WAYBILL_TASK_QUEUE_PREFIX: parts.prefix,
  });
}
