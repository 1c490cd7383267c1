import {
  sandbox,
  open,
  close,
  read,
  type FulfillmentOrder,
  fulfillmentOrderFields,
  fulfillmentOrders,
  fulfil,
  everythingOf,
} from './support.js';

afterEach(close);

describe('fulfillments', () => {
  const mails = () => sandbox.ledger().mails.map((each) => each.fulfillment);

  it('fulfills everything of a fulfillment order whose lines are left out, and builds the link of a known carrier', async () => {
    await open();
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1', quantity: 2 }] }]);
    const [opened] = await fulfillmentOrders();
    const { fulfillment, userErrors } = await fulfil({
      ...everythingOf(opened!),
      trackingInfo: { company: 'UPS', number: '1Z999' },
      notifyCustomer: true,
    });
    expect([fulfillment!.name, userErrors]).toEqual(['#1001-F1', []]);
    expect(fulfillment!.trackingInfo).toEqual([
      { company: 'UPS', number: '1Z999', url: expect.stringMatching(/^https:\/\/www\.ups\.com.*1Z999$/) as string },
    ]);
    expect(await fulfillmentOrders()).toMatchObject([{ status: 'CLOSED', supportedActions: [] }]);
    expect((await fulfil(everythingOf(opened!))).userErrors[0]!.message).toContain('unfulfillable status= closed');
  });

  const pieces = (fulfillmentOrder: FulfillmentOrder, quantity: number) => ({
    lineItemsByFulfillmentOrder: [
      {
        fulfillmentOrderId: fulfillmentOrder.id,
        fulfillmentOrderLineItems: [{ id: fulfillmentOrder.lineItems.nodes[0]!.id, quantity }],
      },
    ],
    notifyCustomer: true,
  });

  it('fulfills twice what is sent twice while pieces remain, with a second mail', async () => {
    await open();
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    await fulfil(pieces(opened!, 1));
    await fulfil(pieces(opened!, 1));
    expect(mails()).toEqual(['#1001-F1', '#1001-F2']);
    const [kept] = await fulfillmentOrders();
    expect([kept!.id, kept!.status, kept!.lineItems.nodes[0]!.remainingQuantity]).toEqual([
      opened!.id,
      'IN_PROGRESS',
      1,
    ]);
    expect((await fulfil(pieces(opened!, 2))).userErrors[0]!.message).toContain('Invalid');
  });

  it('or closes the fulfillment order and puts the rest into a new one', async () => {
    await open({ settings: { afterPart: 'reopens_rest' } });
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    await fulfil(pieces(opened!, 1));
    const [closed, rest] = await fulfillmentOrders();
    expect(closed).toMatchObject({ id: opened!.id, status: 'CLOSED' });
    expect(rest).toMatchObject({ status: 'OPEN', lineItems: { nodes: [{ totalQuantity: 2, remainingQuantity: 2 }] } });
  });

  it('takes one order and one location at a time', async () => {
    await open();
    sandbox.addSamples(1, 'two_locations');
    sandbox.addSamples(1, 'plain');
    const [here, there, other] = await fulfillmentOrders();
    const refusal = async (...orders: FulfillmentOrder[]) =>
      (await fulfil(everythingOf(...orders))).userErrors[0]!.message;
    expect(await refusal(here!, there!)).toBe('All fulfillment orders must be assigned to a single location');
    expect(await refusal(here!, other!)).toBe('All fulfillment orders must belong to the same order');
    expect(await refusal({ ...here!, id: 'gid://shopify/FulfillmentOrder/1' })).toBe(
      'Fulfillment order does not exist.',
    );
    expect(await refusal(here!, here!)).toBe('Fulfillment order line items must be unique.');
    expect(sandbox.ledger().fulfillments).toEqual([]);
  });

  it('R135: refuses what the location does not have in stock, in a shop that looks', async () => {
    await open({ settings: { deniesWithoutStock: true } });
    sandbox.addOrders([{ lines: [{ sku: 'KIT-1' }] }]);
    sandbox.setStock('KIT-1', 'Main Warehouse', 0);
    const [opened] = await fulfillmentOrders();
    expect((await fulfil(everythingOf(opened!))).userErrors[0]!.message).toContain(
      'KIT-1) is not in stock at Main Warehouse',
    );
    sandbox.setStock('KIT-1', 'Main Warehouse', 1);
    expect((await fulfil(everythingOf(opened!))).userErrors).toEqual([]);
  });

  it('corrects a tracking number, with a mail only when asked', async () => {
    await open();
    sandbox.addSamples(1, 'plain');
    const [opened] = await fulfillmentOrders();
    const { fulfillment } = await fulfil({ ...everythingOf(opened!), trackingInfo: { company: 'UPS', number: '1' } });
    const update = (notify: boolean) =>
      read<object>(
        'fulfillmentTrackingInfoUpdate',
        `mutation ($id: ID!, $notify: Boolean) { fulfillmentTrackingInfoUpdate(
          fulfillmentId: $id, trackingInfoInput: { company: "Owl", number: "2", url: "https://owl.example/2" }, notifyCustomer: $notify
        ) { fulfillment { trackingInfo { company number url } } userErrors { message } } }`,
        { id: fulfillment!.id, notify },
      );
    expect(await update(false)).toEqual({
      fulfillment: { trackingInfo: [{ company: 'Owl', number: '2', url: 'https://owl.example/2' }] },
      userErrors: [],
    });
    expect(mails()).toEqual([]);
    await update(true);
    expect(sandbox.ledger().mails).toEqual([{ order: '#1001', fulfillment: '#1001-F1', kind: 'shipping_update' }]);
  });
});

describe('holds', () => {
  beforeEach(() => open());
  const hold = (id: string, more: object = {}) =>
    read<{
      fulfillmentHold: { id: string } | null;
      remainingFulfillmentOrder: FulfillmentOrder;
      userErrors: { code: string }[];
    }>(
      'fulfillmentOrderHold',
      `mutation ($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
        fulfillmentHold { id } remainingFulfillmentOrder { ${fulfillmentOrderFields} } userErrors { code } } }`,
      { id, hold: { reason: 'OTHER', ...more } },
    );
  const release = (id: string, holdIds: string[] | null) =>
    read(
      'fulfillmentOrderReleaseHold.userErrors',
      'mutation ($id: ID!, $holdIds: [ID!]) { fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) { userErrors { code } } }',
      { id, holdIds },
    );

  it('stop a fulfillment until the last one is released, the merchant’s too', async () => {
    sandbox.addSamples(1, 'plain');
    sandbox.hold('#1001', { reason: 'HIGH_RISK_OF_FRAUD' });
    const [held] = await fulfillmentOrders();
    expect((await fulfil(everythingOf(held!))).userErrors[0]!.message).toContain('on_hold');
    const { fulfillmentHold } = await hold(held!.id, { handle: 'ours' });
    expect((await hold(held!.id, { handle: 'ours' })).userErrors).toEqual([
      { code: 'DUPLICATE_FULFILLMENT_HOLD_HANDLE' },
    ]);
    await release(held!.id, [fulfillmentHold!.id]);
    expect((await fulfillmentOrders())[0]!.status).toBe('ON_HOLD');
    await release(held!.id, null);
    expect((await fulfillmentOrders())[0]!.status).toBe('OPEN');
  });

  it('of some pieces split the fulfillment order', async () => {
    sandbox.addOrders([{ lines: [{ quantity: 3 }] }]);
    const [opened] = await fulfillmentOrders();
    const lines = [{ id: opened!.lineItems.nodes[0]!.id, quantity: 1 }];
    const { remainingFulfillmentOrder } = await hold(opened!.id, { fulfillmentOrderLineItems: lines });
    expect(remainingFulfillmentOrder).toMatchObject({
      status: 'OPEN',
      lineItems: { nodes: [{ remainingQuantity: 2 }] },
    });
  });
});

describe('a fulfillment service of our own', () => {
  it('is asked, accepts, ships; or gives back what the merchant wants back', async () => {
    await open();
    const create = () =>
      read<{ fulfillmentService: object | null; userErrors: object[] }>(
        'fulfillmentServiceCreate',
        'mutation { fulfillmentServiceCreate(name: "Our Warehouse") { fulfillmentService { location { name } } userErrors { message } } }',
      );
    expect((await create()).fulfillmentService).toEqual({ location: { name: 'Our Warehouse' } });
    expect((await create()).userErrors).toEqual([{ message: 'Name has already been taken' }]);
    sandbox.addOrders([{ lines: [{ location: 'Our Warehouse', quantity: 2 }] }]);
    const assigned = (status: string) =>
      read<FulfillmentOrder[]>(
        'assignedFulfillmentOrders.nodes',
        `{ assignedFulfillmentOrders(first: 5, assignmentStatus: ${status}) { nodes { ${fulfillmentOrderFields} } } }`,
      );
    const respond = (mutation: string, id: string) =>
      read<{ userErrors: object[] }>(
        mutation,
        `mutation ($id: ID!) { ${mutation}(id: $id) { fulfillmentOrder { status } userErrors { message } } }`,
        { id },
      );
    expect(await assigned('FULFILLMENT_REQUESTED')).toEqual([]);
    sandbox.requestFulfillment('#1001');
    const [asked] = await assigned('FULFILLMENT_REQUESTED');
    expect((await fulfil(everythingOf(asked!))).userErrors).toHaveLength(1);
    await respond('fulfillmentOrderAcceptFulfillmentRequest', asked!.id);
    expect((await assigned('FULFILLMENT_ACCEPTED'))[0]).toMatchObject({ id: asked!.id, status: 'IN_PROGRESS' });
    sandbox.requestCancellation('#1001');
    await respond('fulfillmentOrderAcceptCancellationRequest', asked!.id);
    expect((await fulfillmentOrders()).map((each) => [each.status, each.requestStatus])).toEqual([
      ['CANCELLED', 'CANCELLATION_ACCEPTED'],
      ['OPEN', 'UNSUBMITTED'],
    ]);
    expect((await respond('fulfillmentOrderRejectFulfillmentRequest', asked!.id)).userErrors).toHaveLength(1);
    expect(sandbox.ledger().requests.map((each) => each.answer)).toEqual(['ACCEPTED', 'CANCELLATION_ACCEPTED']);
  });
});
