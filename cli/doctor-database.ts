import { readdir } from 'node:fs/promises';
import { sql } from 'kysely';
import { openDatabase, type Database } from '../database/pool.js';
import { probePasses, type ProbeReport } from '../domain/store.js';
import type { Configuration } from '../worker/configuration.js';
import { ok, problem, type Finding } from './finding.js';

/** What can be told from the database alone. */
export async function examineDatabase(configuration: Configuration): Promise<Finding[]> {
  const { db, ...database } = openDatabase(configuration.DATABASE_URL, { size: 2, name: 'waybill doctor' });
  try {
    const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
    const reached = ok('database', `PostgreSQL ${rows[0]!.version.split(' ')[0]}`);
    const pending = await pendingMigrations(db);
    if (pending.length > 0)
      return [reached, problem('migrations', `not applied: ${pending.join(', ')}`, 'Run `waybill migrate`.')];
    return [
      reached,
      ok('migrations', 'all applied'),
      await keyRing(db, configuration),
      ...(await connections(db)),
      await lostStarts(db),
      await unsettledWrites(db),
    ];
  } catch (error) {
    const fix = 'See DATABASE_URL, whether PostgreSQL runs there, and its log.';
    return [problem('database', `cannot be reached: ${(error as Error).message}`, fix)];
  } finally {
    await database.close();
  }
}

/** Kysely keeps the names of those applied; a database that was never migrated has not even that table. */
async function pendingMigrations(db: Database): Promise<string[]> {
  const files = await readdir(new URL('../database/migrations', import.meta.url));
  const { rows: tables } = await sql<{ name: string | null }>`select to_regclass('kysely_migration') as name`.execute(
    db,
  );
  const applied = tables[0]!.name
    ? (await sql<{ name: string }>`select name from kysely_migration`.execute(db)).rows.map((row) => row.name)
    : [];
  const known = files.filter((file) => file.endsWith('.sql')).map((file) => file.slice(0, -'.sql'.length));
  return known.filter((name) => !applied.includes(name)).sort();
}

/** Credentials under a key that left the ring cannot be read any more. */
async function keyRing(db: Database, { keyRing: ring }: Configuration): Promise<Finding> {
  const { rows } = await sql<{ key_id: string; count: string }>`
    select key_id, count(*) as count from credentials group by key_id order by key_id`.execute(db);
  const lost = rows.filter((row) => !isInRing(ring, row.key_id));
  if (lost.length > 0) {
    const named = lost.map((row) => `${row.count} under "${row.key_id}"`).join(', ');
    const fix = 'Put that key back into WAYBILL_ENCRYPTION_KEYS, behind the first, or save those credentials again.';
    return problem('key ring', `credentials whose key is not in the ring: ${named}`, fix);
  }
  const old = rows.filter((row) => row.key_id !== ring.current.id).reduce((sum, row) => sum + Number(row.count), 0);
  if (old === 0) return ok('key ring', `all credentials are under the current key "${ring.current.id}"`);
  return ok('key ring', `${old} credentials are under older keys: \`waybill keys rotate-credentials\` wraps them anew`);
}

function isInRing(ring: Configuration['keyRing'], id: string): boolean {
  try {
    return ring.get(id).key.length > 0;
  } catch {
    return false;
  }
}

interface ConnectionRow {
  kind: 'store' | 'warehouse';
  id: string;
  name: string;
  enabled: boolean;
  probe: ProbeReport | null;
  probed_at: Date | null;
  attention: { message: string; fix: string } | null;
}

/** The last probe of each store and warehouse, and what its polls ran into since. */
async function connections(db: Database): Promise<Finding[]> {
  const { rows } = await sql<ConnectionRow>`
    select 'store' as kind, id, name, enabled, probe, probed_at, attention from stores where deleted_at is null
    union all
    select 'warehouse', id, name, enabled, probe, probed_at, attention from warehouses where deleted_at is null
    order by kind, id`.execute(db);
  if (rows.length === 0) return [ok('connections', 'none yet')];
  return rows.map((row) => {
    const check = `${row.kind} ${row.id}`;
    if (row.attention) return problem(check, `${row.name}: ${row.attention.message}`, row.attention.fix);
    const test = `Test it: POST /v1/${row.kind}s/${row.id}/test.`;
    if (!row.probe) return problem(check, `${row.name} was never tested with its present credentials`, test);
    if (!probePasses(row.probe)) return problem(check, `${row.name}: ${missing(row.probe)}`, `Mend it. ${test}`);
    return ok(
      check,
      `${row.name} passed its test of ${row.probed_at?.toISOString() ?? ''}${row.enabled ? '' : ', not enabled'}`,
    );
  });
}

function missing(report: ProbeReport): string {
  const lacking = report.permissions.filter((each) => each.standing === 'missing');
  return [...lacking.map((each) => `${each.permission} is missing (${each.neededFor})`), ...report.problems].join('; ');
}

/** A poll starts what it stored within seconds; what waits longer has nobody who starts it. */
async function lostStarts(db: Database): Promise<Finding> {
  const { rows } = await sql<{ count: string; stores: string[] | null }>`
    select count(*) as count, array_agg(distinct store_id) as stores from orders
    where workflow_started_at is null and state <> 'closed' and imported_at < now() - interval '5 minutes'`.execute(db);
  const count = Number(rows[0]!.count);
  if (count === 0) return ok('orders', 'every order has its workflow');
  const stores = (rows[0]!.stores ?? []).join(', ');
  const fix =
    'The next poll of their store starts them: see whether a worker runs and the store is enabled, not paused.';
  return problem('orders', `${count} orders of ${stores} have had no workflow for 5 minutes or more`, fix);
}

/** A write is settled within seconds or found again within ten minutes (reference/reliability.md §4.4). */
async function unsettledWrites(db: Database): Promise<Finding> {
  const { rows } = await sql<{ count: string; orders: string[] | null }>`
    select count(*) as count, (array_agg(distinct order_id))[1:5] as orders from write_intents
    where state in ('sending', 'unknown') and sent_at < now() - interval '15 minutes'`.execute(db);
  const count = Number(rows[0]!.count);
  if (count === 0) return ok('writes', 'every write to a vendor is settled');
  const orders = (rows[0]!.orders ?? []).join(', ');
  const fix = 'See those orders with `waybill orders show`: each names what it waits for.';
  return problem('writes', `${count} writes are open for 15 minutes or more, of the orders ${orders}`, fix);
}
