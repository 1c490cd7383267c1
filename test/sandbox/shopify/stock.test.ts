import {
  type Answer,
  at,
  sandbox,
  open,
  close,
  wait,
  ask,
  read,
  codes,
  fulfillmentOrders,
  fulfil,
  everythingOf,
} from './support.js';

afterEach(close);

describe('stock', () => {
  beforeEach(() => open());
  const stockOf = (sku: string) => sandbox.ledger().stock.find((each) => each.sku === sku)!;
  const itemOf = (sku: string) =>
    `gid://shopify/InventoryItem/${sandbox.shop.items.find((each) => each.sku === sku)!.id}`;
  const locationOf = (name: string) =>
    `gid://shopify/Location/${sandbox.shop.locations.find((each) => each.name === name)!.id}`;
  const set = (quantity: object, key: string | null, name = 'on_hand') =>
    ask(
      `mutation ($input: InventorySetQuantitiesInput!) {
        inventorySetQuantities(input: $input) ${key === null ? '' : `@idempotent(key: "${key}")`} {
          inventoryAdjustmentGroup { changes { name delta quantityAfterChange } } userErrors { field code }
        } }`,
      {
        input: {
          ...{ name, reason: 'correction', referenceDocumentUri: 'gid://waybill/Count/1' },
          quantities: [{ inventoryItemId: itemOf('KIT-1'), locationId: locationOf('Main Warehouse'), ...quantity }],
        },
      },
    );
  const errorsOf = (answer: Answer) =>
    at<{ code: string }[]>(answer, 'inventorySetQuantities.userErrors').map((each) => each.code);

  it('goes from available to committed when it is sold, and off the shelf when it is fulfilled', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 3 }] }]);
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 3, onHand: 100 });
    await fulfil(everythingOf((await fulfillmentOrders())[0]!));
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 0, onHand: 97 });
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    sandbox.cancel('#1002');
    expect(stockOf('KIT-1')).toMatchObject({ available: 97, committed: 0, onHand: 97 });
  });

  it('is compared before it is set, and what was sold stays committed', async () => {
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 3 }] }]);
    expect(errorsOf(await set({ quantity: 50, changeFromQuantity: 97 }, 'a'))).toEqual(['CHANGE_FROM_QUANTITY_STALE']);
    expect(errorsOf(await set({ quantity: 50 }, 'b'))).toEqual(['COMPARE_QUANTITY_REQUIRED']);
    const done = await set({ quantity: 50, changeFromQuantity: 100 }, 'c');
    expect(at(done, 'inventorySetQuantities.inventoryAdjustmentGroup')).toEqual({
      changes: [{ name: 'on_hand', delta: -50, quantityAfterChange: 50 }],
    });
    expect(stockOf('KIT-1')).toMatchObject({ available: 47, committed: 3, onHand: 50 });
    expect(errorsOf(await set({ quantity: 60, changeFromQuantity: null }, 'd'))).toEqual([]);
  });

  it('is set once for each key, and not at all without one', async () => {
    expect(codes(await set({ quantity: 5, changeFromQuantity: null }, null))).toEqual(['BAD_REQUEST']);
    const first = await set({ quantity: 5, changeFromQuantity: null }, 'k');
    sandbox.setStock('KIT-1', 'Main Warehouse', 9);
    const again = await set({ quantity: 5, changeFromQuantity: null }, 'k');
    expect(again.data).toEqual(first.data);
    expect(stockOf('KIT-1').onHand).toBe(9);
    expect(errorsOf(await set({ quantity: 6, changeFromQuantity: null }, 'k'))).toEqual([
      'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
    ]);
    await set({ quantity: 5, changeFromQuantity: 1 }, 'spent');
    expect(errorsOf(await set({ quantity: 5, changeFromQuantity: 1 }, 'spent'))).toEqual([
      'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED',
    ]);
    wait(24 * 3_600_000);
    expect(errorsOf(await set({ quantity: 6, changeFromQuantity: 9 }, 'k'))).toEqual([]);
    expect(sandbox.ledger().inventorySets.map(({ from, to }) => [from, to])).toEqual([
      [100, 5],
      [9, 6],
    ]);
  });

  it('names every bad entry and sets none', async () => {
    const bad = async (quantity: object, name?: string) =>
      errorsOf(
        await set(
          { changeFromQuantity: null, ...quantity },
          JSON.stringify([quantity, name]).replaceAll('"', ''),
          name,
        ),
      );
    expect(await bad({ quantity: 1, inventoryItemId: 'gid://shopify/InventoryItem/1' })).toEqual([
      'INVALID_INVENTORY_ITEM',
    ]);
    expect(await bad({ quantity: 1, locationId: locationOf('Corner Shop') })).toEqual(['INVALID_LOCATION']);
    expect(await bad({ quantity: -1 })).toEqual(['INVALID_QUANTITY_NEGATIVE']);
    expect(await bad({ quantity: 1_000_000_001 })).toEqual(['INVALID_QUANTITY_TOO_HIGH']);
    expect(await bad({ quantity: 1 }, 'committed')).toEqual(['INVALID_NAME']);
    sandbox.addItem({ sku: 'SET-1', bundle: true });
    expect(await bad({ quantity: 1, inventoryItemId: itemOf('SET-1') })).toEqual(['NON_MUTABLE_INVENTORY_ITEM']);
    expect(sandbox.ledger().inventorySets).toEqual([]);
  });

  it('R142: has several items of one SKU, which the search finds whatever the case', async () => {
    sandbox.addItem({ sku: 'TWIN', stock: { 'Main Warehouse': 1 } });
    sandbox.addItem({ sku: 'TWIN', stock: { 'Main Warehouse': 2 }, tracked: false });
    sandbox.addItem({ sku: 'twin' });
    const items = await read<object[]>(
      'inventoryItems.nodes',
      `{ inventoryItems(first: 5, query: "sku:'TWIN'") { nodes { sku tracked duplicateSkuCount
        inventoryLevel(locationId: "${locationOf('Main Warehouse')}") { quantities(names: ["on_hand", "available", "committed"]) { name quantity } } } } }`,
    );
    expect(items).toHaveLength(3);
    expect(items[1]).toEqual({
      ...{ sku: 'TWIN', tracked: false, duplicateSkuCount: 1 },
      inventoryLevel: {
        quantities: [
          { name: 'on_hand', quantity: 2 },
          { name: 'available', quantity: 2 },
          { name: 'committed', quantity: 0 },
        ],
      },
    });
  });

  it('comes to a location by activating the item there', async () => {
    const activate = (key: string) =>
      read<{ inventoryLevel: object | null; userErrors: object[] }>(
        'inventoryActivate',
        `mutation { inventoryActivate(inventoryItemId: "${itemOf('KIT-1')}", locationId: "${locationOf('Corner Shop')}", onHand: 4)
          @idempotent(key: "${key}") { inventoryLevel { quantities(names: ["on_hand"]) { quantity } } userErrors { message } } }`,
      );
    expect((await activate('one')).inventoryLevel).toEqual({ quantities: [{ quantity: 4 }] });
    expect((await activate('two')).userErrors).toHaveLength(1);
  });
});
