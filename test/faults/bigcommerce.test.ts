import { createBigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { items, onHand } from '../../sandbox/bigcommerce/stock.js';
import { expectNothingLost, startStoreSuite, type FaultyStore, type StoreSuite } from './store-suite.js';

const bigcommerce = createBigcommerceSandbox({ settings: { quota: 1e9 }, webhookRetryMs: [1_000, 2_000] });
const { state } = bigcommerce;
const { accessToken } = sandboxBigcommerceCredentials;

const store: FaultyStore = {
  name: 'BigCommerce',
  standIn: bigcommerce.standIn,
  deliveries: bigcommerce.deliveries,
  faults: [
    // A shipment is never refused as a repeat, so each of these may become a second one (reference/bigcommerce.md §3).
    { kind: 'timeout_after', rate: 0.06, method: 'POST', path: '/shipments$' },
    { kind: 'reset_after', rate: 0.06, method: 'POST', path: '/shipments$' },
    { kind: 'truncated', rate: 0.04, method: 'POST', path: '/shipments$' },
    { kind: 'reset_after', rate: 0.2, method: 'PUT' },
    { kind: 'timeout_before', rate: 0.01 },
    { kind: 'status', rate: 0.02, status: 500 },
    { kind: 'status', rate: 0.02, status: 429, headers: { 'x-rate-limit-time-reset-ms': '500' } },
  ],
  sell: (count) => void bigcommerce.addSamples(count, 'plain'),
  setTokenAlive: (alive) => void (state.tokens[0]!.accessToken = alive ? accessToken : 'taken back by the merchant'),
  notices: () =>
    bigcommerce.ledger().shipments.flatMap(({ orderId, trackingNumber, items: told }) =>
      told.map((item) => {
        return { order: String(orderId), key: `${orderId}|${item.order_product_id}|${trackingNumber}` };
      }),
    ),
  mails: () => bigcommerce.ledger().mails.map((mail) => mail.orderId),
  offered: () =>
    Object.fromEntries(
      items(state).map((item) => [`WH-${item.variant.sku.toUpperCase()}`, onHand(state, 1, item) ?? 0]),
    ),
};

let suite: StoreSuite;
beforeAll(async () => {
  for (const sku of ['kit-1', 'tea-30', 'book-7']) bigcommerce.addProduct({ name: sku, skus: [sku], onHand: 500 });
  const baseUrl = await bigcommerce.standIn.listen();
  suite = await startStoreSuite(store, {
    ...{ marketplace: 'bigcommerce', baseUrl, credentials: sandboxBigcommerceCredentials },
  });
}, 60_000);
afterAll(async () => {
  await suite.stop();
  await bigcommerce.close();
});

it('I1–I3, I13, R98: BigCommerce: 200 orders, none lost, none twice, stock equal, whatever its webhooks, tokens and time-outs do', async () => {
  expectNothingLost(await suite.run());
}, 480_000);
