import { freshDatabase } from '../support/database.js';

describe('freshDatabase', () => {
  it('gives each test file a migrated database of its own', async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);
    await one.db.insertInto('tenants').values({ id: 'ten_1', name: 'One' }).execute();
    expect(await two.db.selectFrom('tenants').selectAll().execute()).toEqual([]);
    expect(await one.db.selectFrom('tenants').select('name').execute()).toEqual([{ name: 'One' }]);
    await Promise.all([one.drop(), two.drop()]);
  });
});
