import { createClickbankSandbox } from '../../sandbox/clickbank/sandbox.js';
import { createShipbobSandbox } from '../../sandbox/shipbob/sandbox.js';

/**
 * Both stand-ins in a process of their own, as vendors are. Their limits are lifted: the bench measures this machine, not
 * ClickBank's ten calls a second. The warehouse ships at once. Prints its addresses; ends with its parent.
 */
const clickbank = createClickbankSandbox({ limits: { perSecond: 1e6, perDay: 1e9 } });
const shipbob = createShipbobSandbox({ limits: { perMinute: 1e9 }, autoShip: { afterMs: 0 } });
for (const sku of ['WH-KIT-1', 'WH-TEA-30', 'WH-BOOK-7']) shipbob.addProduct({ sku, name: sku, onHand: 1_000_000 });
console.log(JSON.stringify({ clickbank: await clickbank.standIn.listen(), shipbob: await shipbob.listen() }));
process.on('disconnect', () => process.exit(0));
