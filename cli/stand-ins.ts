import { randomInt } from 'node:crypto';
import { createBigcommerceSandbox } from '../sandbox/bigcommerce/sandbox.js';
import { createClickbankSandbox } from '../sandbox/clickbank/sandbox.js';
import { createShipbobSandbox } from '../sandbox/shipbob/sandbox.js';

export interface StandIns {
  urls: { clickbank: string; bigcommerce: string; shopify: string; shipbob: string };
  /** Shopify's number of the place that ships, which a person chooses in the store's settings. */
  shopifyLocation: string;
  /** The first orders, and then one more now and then, so that there is something to see. */
  sell(): void;
  /** No more orders come in. */
  close(): void;
  stop(): Promise<void>;
}

/** Long enough to see an order as submitted before it is shipped. */
const shipsAfterMs = 3_000;
export const sellsEverySeconds = 20;
/** Half an hour of them; whoever lets it run overnight finds a hundred orders and not thousands. */
const salesInAll = 90;

const goods = { 'KIT-1': 'Starter Kit', 'TEA-30': 'Garden Tea, 30 bags', 'BOOK-7': 'The Small Garden, printed' };

/** Three marketplaces and ShipBob on free ports of this machine. They remember nothing from one start to the next. */
export async function startStandIns(): Promise<StandIns> {
  // Another seed at each start: a receipt or an order number of the last start would be known already.
  const seed = randomInt(2 ** 31);
  const clickbank = createClickbankSandbox({ seed });
  const bigcommerce = openBigcommerce(seed);
  const shopify = await openShopify(seed);
  const shipbob = createShipbobSandbox({ seed, autoShip: { afterMs: shipsAfterMs } });
  for (const [sku, name] of Object.entries(goods)) shipbob.addProduct({ sku: `WH-${sku}`, name });
  const [clickbankUrl, bigcommerceUrl, shopifyUrl, shipbobUrl] = await Promise.all(
    [clickbank.standIn, bigcommerce.standIn, shopify.standIn, shipbob].map((each) => each.listen()),
  );
  const inTurn = [clickbank, bigcommerce, shopify];
  let timer: NodeJS.Timeout | undefined;
  return {
    urls: { clickbank: clickbankUrl!, bigcommerce: bigcommerceUrl!, shopify: shopifyUrl!, shipbob: shipbobUrl! },
    shopifyLocation: String(shopify.shop.locations[0]!.id),
    sell() {
      clickbank.addSamples(5, 'plain');
      clickbank.addSamples(2, 'upsell');
      clickbank.addSamples(1, 'test');
      bigcommerce.addSamples(3, 'plain');
      bigcommerce.addSamples(1, 'two_addresses');
      shopify.addSamples(4, 'plain');
      let sold = 0;
      timer = setInterval(() => {
        if (sold < salesInAll) inTurn[sold++ % inTurn.length]!.addSamples(1, 'plain');
        else clearInterval(timer);
      }, sellsEverySeconds * 1_000);
    },
    close: () => clearInterval(timer),
    async stop() {
      clearInterval(timer);
      await Promise.all([clickbank.standIn.close(), bigcommerce.close(), shopify.standIn.close(), shipbob.close()]);
    },
  };
}

/** Its products show no stock until Waybill writes what the warehouse has. */
function openBigcommerce(seed: number) {
  const bigcommerce = createBigcommerceSandbox({ seed });
  bigcommerce.state.lastId = seed;
  for (const [sku, name] of Object.entries(goods))
    bigcommerce.addProduct({ name, skus: [sku.toLowerCase()], onHand: 0 });
  return bigcommerce;
}

/**
 * Loaded only here: it needs packages of development, Shopify's schema among them, which an installation without
 * stand-ins leaves out. Its locations keep their numbers from start to start, because saved settings name one.
 */
async function openShopify(seed: number) {
  const [{ createShopifySandbox }, { adminSchema }] = await Promise.all([
    import('../sandbox/shopify/sandbox.js'),
    import('../sandbox/shopify/graphql/schema.js'),
  ]);
  // Unpacked now and not within the first call's deadline.
  adminSchema();
  const shopify = createShopifySandbox({ seed });
  const { shop } = shopify;
  for (const sku of Object.keys(goods)) shopify.setStock(sku, shop.locations[0]!.name, 0);
  let lastId = shop.nextId() + seed;
  shop.nextId = () => (lastId += 1);
  return shopify;
}
