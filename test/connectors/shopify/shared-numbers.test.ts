import fc from 'fast-check';
import type { Notice, ProvenNotice } from '../../../connectors/marketplaces/port.js';
import { Failure } from '../../../domain/failures.js';
import type { FaultRule } from '../../../sandbox/stand-in.js';
import type { Order } from '../../../sandbox/shopify/state/orders.js';
import { openBench, writebackOf, type Bench } from './support.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({ shop: { bucket: { maximumAvailable: 1e6, restoreRate: 1e6 } } });
});
afterAll(() => bench.close());

/** What becomes of one try to write: it never arrives, or is carried out and its answer is lost. */
type Lost = Extract<FaultRule['kind'], 'reset_before' | 'reset_after' | 'truncated'>;
interface Parcel {
  /** Pieces of the order's first line and of its second. */
  pieces: [number, number];
  trackingNumber: string | null;
  lost: Lost[];
}

const parcel: fc.Arbitrary<Parcel> = fc.record({
  pieces: fc.tuple(fc.nat(2), fc.nat(2)).filter(([one, other]) => one + other > 0),
  trackingNumber: fc.constantFrom('1ZX', '1ZX', '1ZY', null),
  lost: fc.array(fc.constantFrom<Lost>('reset_before', 'reset_after', 'truncated'), { maxLength: 2 }),
});

function sell(parcels: Parcel[], twoPlaces: boolean): { order: Order; notices: Notice[] } {
  const total = (line: 0 | 1) => parcels.reduce((sum, { pieces }) => sum + pieces[line], 0);
  const lines = [
    { sku: 'KIT-1', quantity: Math.max(total(0), 1) },
    { sku: 'TEA-30', quantity: Math.max(total(1), 1), ...(twoPlaces && { location: 'Corner Shop' }) },
  ];
  const order = bench.sandbox.addOrders([{ lines }])[0]!;
  const notices = parcels.flatMap(({ pieces, trackingNumber }, index) =>
    bench.marketplace.notices({
      ...writebackOf(order, { packageId: `p${index}`, trackingNumber }),
      lines: order.lines.map((line, at) => ({ lineId: String(line.id), sku: line.sku!, quantity: pieces[at]! })),
    }),
  );
  return { order, notices };
}

/** As the write protocol does: look first, write what is not there, and look again before anything else. */
async function tell(notice: Notice, others: ProvenNotice[], lost: Lost[]): Promise<ProvenNotice> {
  const faults = [...lost];
  for (let tries = 0; tries < 6; tries += 1) {
    const proof = await bench.marketplace.findNotice(notice, others);
    if (proof) return { notice, proof };
    const kind = faults.shift();
    bench.sandbox.standIn.faults = kind ? [{ kind, rate: 1, times: 1, sent: 'fulfillmentCreate' }] : [];
    await bench.marketplace.postNotice(notice, others).catch((error: unknown) => {
      if (!(error instanceof Failure) || error.outcome !== 'unknown') throw error;
    });
  }
  throw new Error('It was not told in six tries.');
}

async function tellAll(notices: Notice[], parcels: Parcel[]): Promise<ProvenNotice[]> {
  const proven: ProvenNotice[] = [];
  for (const [index, notice] of notices.entries()) proven.push(await tell(notice, proven, parcels[index]!.lost));
  return proven;
}

const fulfilled = (order: Order) => bench.sandbox.shop.fulfillments.filter((each) => each.orderId === order.id);
const alike: Parcel = { pieces: [1, 0], trackingNumber: '1ZX', lost: ['reset_after'] };

it('I3: packages are each told once, whatever numbers and lines they share, and whatever answers are lost', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(parcel, { minLength: 1, maxLength: 4 }), fc.boolean(), async (parcels, twoPlaces) => {
      const { order, notices } = sell(parcels, twoPlaces);
      const proven = await tellAll(notices, parcels);
      const found = fulfilled(order);
      for (const [at, line] of order.lines.entries()) {
        const told = found.flatMap((each) => each.lines).filter((each) => each.lineId === line.id);
        expect(told.reduce((sum, each) => sum + each.quantity, 0)).toBe(
          parcels.reduce((sum, { pieces }) => sum + pieces[at]!, 0),
        );
      }
      const places = (each: Parcel) => (twoPlaces ? each.pieces.filter((pieces) => pieces > 0).length : 1);
      const mails = bench.sandbox.ledger().mails.filter((mail) => mail.order === order.name);
      expect(mails).toHaveLength(parcels.reduce((sum, each) => sum + places(each), 0));
      // Asked again, as a reconciliation does, each proves itself by what is its own.
      for (const { notice } of proven) {
        const others = proven.filter((each) => each.notice !== notice);
        expect(await bench.marketplace.findNotice(notice, others)).not.toBeNull();
      }
    }),
    { numRuns: 40, examples: [[[alike, alike], false], [[alike, { ...alike, lost: ['reset_before'] }, alike], false]] }, // prettier-ignore
  );
}, 120_000);

it('of two packages alike, the one whose fulfillment was cancelled there is missing, and told anew', async () => {
  const { order, notices } = sell([alike, alike], false);
  const [first, second] = await tellAll(notices, [alike, alike]);
  const [gone] = fulfilled(order);
  gone!.status = 'CANCELLED';
  const { lines } = bench.sandbox.shop.fulfillmentOrders.find((each) => each.orderId === order.id)!;
  Object.assign(
    bench.sandbox.shop.fulfillmentOrders.find((each) => each.orderId === order.id)!,
    { status: 'OPEN' },
  );
  lines[0]!.remaining += 1;
  expect(await bench.marketplace.findNotice(second!.notice, [first!])).not.toBeNull();
  expect(await bench.marketplace.findNotice(first!.notice, [second!])).toBeNull();
  await tell(first!.notice, [second!], ['reset_after']);
  expect(fulfilled(order).filter((each) => each.status === 'SUCCESS')).toHaveLength(2);
});

it('what a merchant fulfilled by hand under the number counts once, for as many packages as it holds pieces', async () => {
  const { order, notices } = sell([alike, alike, alike], false);
  const [open] = bench.sandbox.shop.fulfillmentOrders.filter((each) => each.orderId === order.id);
  const rest = open!.lines.splice(1);
  open!.lines[0]!.remaining -= 1;
  bench.sandbox.fulfilElsewhere(order.name, { number: '1ZX' });
  Object.assign(open!, { status: 'OPEN', lines: [...open!.lines, ...rest] });
  open!.lines[0]!.remaining += 1;
  await tellAll(notices, [alike, alike, alike]);
  expect(fulfilled(order).map((each) => each.lines.map((line) => line.quantity))).toEqual([[2], [1]]);
});
