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
