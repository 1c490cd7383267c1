import { sql } from 'kysely';
import { openDatabase } from '../../database/pool.js';
import { keepDelivery } from '../../database/webhook-inbox.js';
import { freshDatabase } from '../support/database.js';

it('a statement that runs for every order is planned once a connection, others are not kept', async () => {
  const database = await freshDatabase();
  const opened = openDatabase(database.url, { size: 1 });
  const { db } = opened;
  for (const deliveryKey of ['one', 'two'])
    await keepDelivery(db, { connectionId: 'whs_1', deliveryKey, topic: 'order.shipped', body: { orderIds: [] } });
  await db.selectFrom('webhook_inbox').select('id').where('connection_id', '=', 'whs_1').execute();
  const { rows } = await sql<{ statement: string; runs: number }>`
    select statement, (generic_plans + custom_plans)::int as runs from pg_prepared_statements`.execute(db);
  expect(rows).toEqual([{ statement: expect.stringContaining('insert into webhook_inbox') as unknown, runs: 2 }]);
  await opened.close();
  await database.drop();
});

it('of a connection that was lost only code and message are told, never the client with its password', async () => {
  const database = await freshDatabase();
  const lost = new Promise<object>((resolve) => {
    const opened = openDatabase(database.url, {
      size: 1,
      onLost: (told) => {
        resolve(told);
        void opened.close();
      },
    });
    void sql<{ pid: number }>`select pg_backend_pid() as pid`
      .execute(opened.db)
      .then(({ rows }) => sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(database.db));
  });
  expect(await lost).toEqual({ code: '57P01', message: expect.stringContaining('terminating connection') as string });
  await database.drop();
});
