import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where downloaded and built servers are kept, for all checkouts of this person: they are large and never change. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env['WAYBILL_CACHE_DIR']) return resolve(env['WAYBILL_CACHE_DIR']);
  return join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'waybill');
}
