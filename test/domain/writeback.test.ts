import { packagesToTell, whyTheyWait, type WaitingPackage } from '../../domain/writeback.js';

const parcel = (
  packageId: string,
  lines: Record<string, number>,
  trackingNumber: string | null = `T-${packageId}`,
) => ({
  ...{ externalId: 'A1', packageId, shippedAt: '2026-11-20T12:00:00Z', placedAt: '2026-11-19T12:00:00Z' },
  ...{ carrier: 'UPS', service: null, trackingNumber, trackingUrl: null, alongside: [] },
  lines: Object.entries(lines).map(([lineId, quantity]) => ({ lineId, sku: lineId, quantity })),
});
const tell = (packages: ReturnType<typeof parcel>[], waiting: WaitingPackage[] = [], takesParts = false) =>
  packagesToTell({ shipmentId: 's2', packages }, waiting, takesParts);
/** What is told, in short: each package with its own number, pieces and the other numbers. */
const short = ({ told }: ReturnType<typeof tell>) =>
  told.map((each) => [
    each.trackingNumber,
    each.lines.map((line) => `${line.quantity} ${line.lineId}`).join(),
    each.alongside.map((other) => other.trackingNumber).join(),
  ]);
const earlier = (packageId: string, ...partsOf: string[]): WaitingPackage => ({
  ...{ shipmentId: 's1', packageId, partsOf, carrier: 'USPS', trackingNumber: `T-${packageId}`, trackingUrl: null },
});

describe('a package that holds only parts of a bundle', () => {
  it('is told along with the package of the same shipment that completes the piece', () => {
    const result = tell([parcel('1', { set: 0 }), parcel('2', { set: 1 })]);
    expect(short(result)).toEqual([['T-2', '1 set', 'T-1']]);
    expect(result.waiting).toEqual([]);
  });

  it('waits where nothing completes it yet, and is told along with a later shipment', () => {
    const first = tell([parcel('1', { set: 0 })]);
    expect(first.told).toEqual([]);
    expect(first.waiting).toMatchObject([
      { shipmentId: 's2', packageId: '1', partsOf: ['set'], trackingNumber: 'T-1' },
    ]);
    const later = tell([parcel('9', { set: 1 })], first.waiting);
    expect(short(later)).toEqual([['T-9', '1 set', 'T-1']]);
    expect(later.waiting).toEqual([]);
  });

  it('goes along once, with the first piece of any of its lines, and not with other lines', () => {
    const waiting = [earlier('a', 'set', 'pair'), earlier('b', 'pair'), earlier('c', 'other')];
    const result = tell([parcel('1', { mug: 1 }), parcel('2', { pair: 1 }), parcel('3', { set: 1 })], waiting);
    expect(short(result)).toEqual([
      ['T-1', '1 mug', ''],
      ['T-2', '1 pair', 'T-a,T-b'],
      ['T-3', '1 set', ''],
    ]);
    expect(result.waiting).toEqual([waiting[2]]);
  });

  it('lends its number to the completing package that has none', () => {
    const result = tell([parcel('2', { set: 1 }, null)], [earlier('a', 'set'), earlier('b', 'set')]);
    expect(result.told).toMatchObject([
      { packageId: '2', trackingNumber: 'T-a', carrier: 'USPS', alongside: [{ trackingNumber: 'T-b' }] },
    ]);
  });

  it('has nothing to wait for without a number', () => {
    expect(tell([parcel('1', { set: 0 }, null)])).toEqual({ told: [], waiting: [] });
  });

  it('is told at once where the marketplace takes parts, with every line it touches', () => {
    const result = tell([parcel('1', { set: 0 }), parcel('2', { set: 1, mug: 0 })], [], true);
    expect(short(result)).toEqual([
      ['T-1', '0 set', ''],
      ['T-2', '1 set,0 mug', ''],
    ]);
    expect(result.waiting).toEqual([]);
  });

  it('is named for the timeline, with its number and the SKUs, those of this shipment alone', () => {
    const { waiting } = tell([parcel('1', { l1: 0, l2: 0 })], [earlier('a', 'l1')]);
    expect(whyTheyWait(waiting, 's2', new Map([['l1', 'gift-set']]))).toEqual([
      expect.stringMatching(/^Package 1 \(T-1\) holds only parts of gift-set, l2, .*and not if none does\.$/),
    ]);
  });
});

it('a package that completes something is told by its pieces alone, its number with them', () => {
  const result = tell([parcel('1', { mug: 2, set: 0 }), parcel('2', { set: 1 })]);
  expect(short(result)).toEqual([
    ['T-1', '2 mug', ''],
    ['T-2', '1 set', ''],
  ]);
});

it('a package of goods the order does not ask for is not told', () => {
  expect(tell([parcel('1', {})])).toEqual({ told: [], waiting: [] });
});
