import { sql } from 'kysely';
import type { Database } from './pool.js';

export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  /** Null for a request whose answer held a secret: only that it was carried out is kept. */
  body: unknown;
}

export type IdempotentStart =
  | { standing: 'begun' }
  | { standing: 'answered'; answer: KeptAnswer }
  | { standing: 'in_flight' }
  | { standing: 'other_request' };

interface Row {
  begun: boolean;
  request_hash: string | null;
  status: number | null;
  headers: Record<string, string> | null;
  body: unknown;
}

/**
 * Claims (scope, key) for one request. A row without an answer belongs to a request that still runs, or whose process
 * died; after five minutes, longer than any request lives, it is taken over. After a day a key may be used anew.
 */
export async function beginIdempotent(
  db: Database,
  request: { scope: string; key: string; requestHash: string },
): Promise<IdempotentStart> {
  const { rows } = await sql<Row>`
    with before as (select * from idempotency_keys where scope = ${request.scope} and key = ${request.key}),
    begun as (
      insert into idempotency_keys as k (scope, key, request_hash)
      values (${request.scope}, ${request.key}, ${request.requestHash})
      on conflict (scope, key) do update
        set request_hash = excluded.request_hash, status = null, headers = null, body = null, created_at = now()
        where k.created_at < now() - interval '24 hours'
           or (k.status is null and k.created_at < now() - interval '5 minutes')
      returning key
    )
    select exists (select 1 from begun) as begun, b.request_hash, b.status, b.headers, b.body
    from (select 1) as one left join before b on true`.execute(db);
  const row = rows[0]!;
  if (row.begun) return { standing: 'begun' };
  // Null: another request inserted it after our snapshot was taken, so it is running right now.
  if (row.request_hash === null) return { standing: 'in_flight' };
  if (row.request_hash !== request.requestHash) return { standing: 'other_request' };
  if (row.status === null) return { standing: 'in_flight' };
  return { standing: 'answered', answer: { status: row.status, headers: row.headers ?? {}, body: row.body } };
}

export async function keepAnswer(
  db: Database,
  request: { scope: string; key: string },
  answer: KeptAnswer,
): Promise<void> {
  await db
    .updateTable('idempotency_keys')
    .set({
      status: answer.status,
      headers: JSON.stringify(answer.headers),
      body: answer.body === null ? null : JSON.stringify(answer.body),
    })
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .execute();
}

/** Frees the key of a request that had no lasting answer, so that it can be tried again. */
export async function dropIdempotent(db: Database, request: { scope: string; key: string }): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('scope', '=', request.scope)
    .where('key', '=', request.key)
    .where('status', 'is', null)
    .execute();
}

/** Housekeeping: removes what is older than a day. Returns how many. */
export async function forgetOldAnswers(db: Database): Promise<number> {
  const result = await sql`delete from idempotency_keys where created_at < now() - interval '24 hours'`.execute(db);
  return Number(result.numAffectedRows ?? 0n);
}
