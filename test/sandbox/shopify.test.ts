import {
  createShopifySandbox,
  type ShopifySandbox,
  type ShopifySandboxOptions,
} from '../../sandbox/shopify/sandbox.js';
import { sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';

interface Answer {
  data?: unknown;
  errors?: { message: string; path?: unknown[]; extensions?: { code?: string } }[];
  extensions?: {
    cost: {
      requestedQueryCost: number;
      actualQueryCost: number | null;
      throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
    };
    search?: unknown;
  };
}

/** The value at a path of names and numbers, "orders.nodes.0.id". */
function at<Value = unknown>(answer: Answer, path: string): Value {
  const step = (value: unknown, key: string) => (value as Record<string, unknown>)[key];
  return path.split('.').reduce(step, answer.data) as Value;
}

describe('Shopify sandbox', () => {
  let sandbox: ShopifySandbox;
  let base: string;

  async function open(options: ShopifySandboxOptions = {}): Promise<void> {
    sandbox = createShopifySandbox(options);
    base = await sandbox.standIn.listen();
  }
  afterEach(() => sandbox.standIn.close());

  function post(query: string, variables: object = {}, token = sandboxShopifyToken, version = '2026-10') {
    return fetch(`${base}/admin/api/${version}/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
      body: JSON.stringify({ query, variables }),
    });
  }
  async function ask(query: string, variables: object = {}): Promise<Answer> {
    return (await (await post(query, variables)).json()) as Answer;
  }

  const ordersQuery = `query Orders($query: String, $first: Int!, $after: String) {
    orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
      pageInfo { hasNextPage endCursor }
      nodes {
        id legacyResourceId name createdAt updatedAt cancelledAt test displayFinancialStatus displayFulfillmentStatus
        email note tags currencyCode presentmentCurrencyCode
        totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
        shippingAddress { name firstName lastName address1 city provinceCode countryCodeV2 zip phone }
        shippingLine { title code }
        customAttributes { key value }
        lineItems(first: 10) {
          pageInfo { hasNextPage endCursor }
          nodes { id sku name quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
            originalUnitPriceSet { presentmentMoney { amount } } }
        }
        fulfillmentOrders(first: 5) {
          nodes { id status requestStatus supportedActions { action } fulfillmentHolds { id reason }
            assignedLocation { name location { id } } destination { city }  deliveryMethod { methodType }
            lineItems(first: 10) { nodes { id sku totalQuantity remainingQuantity inventoryItemId lineItem { id } } } }
        }
        fulfillments { id status trackingInfo { company number url } }
      }
    }
  }`;
  const create = `mutation Fulfil($fulfillment: FulfillmentInput!) {
    fulfillmentCreate(fulfillment: $fulfillment) {
      fulfillment { id name status trackingInfo { company number url } }
      userErrors { field message }
    }
  }`;

  it('answers an order with its fulfillment orders and takes a fulfillment', async () => {
    await open();
    sandbox.addOrders([
      {
        lines: [
          { sku: 'KIT-1', quantity: 2 },
          { sku: 'TEA-30', price: '18.50' },
        ],
      },
    ]);
    const answer = await ask(ordersQuery, { first: 10 });
    expect(answer.errors).toBeUndefined();
    expect(at(answer, 'orders.nodes.0')).toMatchObject({
      name: '#1001',
      displayFinancialStatus: 'PAID',
      displayFulfillmentStatus: 'UNFULFILLED',
      totalPriceSet: { shopMoney: { amount: '123.4', currencyCode: 'USD' } },
      shippingAddress: { name: 'Ann Sample', countryCodeV2: 'US' },
    });
    const fulfillmentOrder = at<{ id: string }>(answer, 'orders.nodes.0.fulfillmentOrders.nodes.0');
    expect(fulfillmentOrder).toMatchObject({ status: 'OPEN', assignedLocation: { name: 'Main Warehouse' } });
    const fulfillment = {
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: fulfillmentOrder.id }],
      trackingInfo: { company: 'UPS', number: '1Z999' },
      notifyCustomer: true,
    };
    const written = await ask(create, { fulfillment });
    expect(at(written, 'fulfillmentCreate')).toMatchObject({
      fulfillment: { name: '#1001-F1', status: 'SUCCESS', trackingInfo: [{ company: 'UPS', number: '1Z999' }] },
      userErrors: [],
    });
    expect(sandbox.shop.record.mails).toHaveLength(1);
  });

  it('R133: takes no call without a token that it gave', async () => {
    await open();
    expect((await post('{shop{name}}', {}, 'other')).status).toBe(401);
  });

  it('refuses a field that is not in the official schema', async () => {
    await open();
    const answer = await ask('{ orders(first: 1) { nodes { financialStatus } } }');
    expect(answer.data).toBeUndefined();
    expect(answer.errors![0]!.message).toContain('Cannot query field "financialStatus" on type "Order"');
  });
});
