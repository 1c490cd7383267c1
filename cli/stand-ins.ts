import { randomInt } from 'node:crypto';
import { createClickbankSandbox } from '../sandbox/clickbank/sandbox.js';
import { createShipbobSandbox } from '../sandbox/shipbob/sandbox.js';

export interface StandIns {
  clickbankUrl: string;
  shipbobUrl: string;
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

/** ClickBank and ShipBob on free ports of this machine. They remember nothing from one start to the next. */
export async function startStandIns(): Promise<StandIns> {
  // Another seed at each start: a receipt of the last start would be known already.
  const seed = randomInt(2 ** 31);
  const clickbank = createClickbankSandbox({ seed });
  const shipbob = createShipbobSandbox({ seed, autoShip: { afterMs: shipsAfterMs } });
  shipbob.addProduct({ sku: 'WH-KIT-1', name: 'Starter Kit' });
  shipbob.addProduct({ sku: 'WH-TEA-30', name: 'Garden Tea, 30 bags' });
  shipbob.addProduct({ sku: 'WH-BOOK-7', name: 'The Small Garden, printed' });
  const clickbankUrl = await clickbank.standIn.listen();
  const shipbobUrl = await shipbob.listen();
  let timer: NodeJS.Timeout | undefined;
  return {
    clickbankUrl,
    shipbobUrl,
    sell() {
      clickbank.addSamples(5, 'plain');
      clickbank.addSamples(2, 'upsell');
      clickbank.addSamples(1, 'test');
      let left = salesInAll;
      timer = setInterval(() => {
        if (left-- > 0) clickbank.addSamples(1, 'plain');
        else clearInterval(timer);
      }, sellsEverySeconds * 1_000);
    },
    close: () => clearInterval(timer),
    async stop() {
      clearInterval(timer);
      await clickbank.standIn.close();
      await shipbob.close();
    },
  };
}
