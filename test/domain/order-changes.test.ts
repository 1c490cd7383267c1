import fc from 'fast-check';
import { decideImport, everyOrder, linesTaken, type TakenPlaces } from '../../domain/import-decision.js';
import type { AskedLines } from '../../domain/line-changes.js';
import type { LineStanding, MarketplaceOrder, OrderLine } from '../../domain/order.js';
import { judgeEnded, judgeOrder, type KeptOrder, type TakenOver, type Verdict } from '../../domain/order-changes.js';
import { defaultStoreSettings } from '../../domain/store.js';
import { check } from './check.js';
import { aLine, anOrder, frozen, openStore } from './given.js';

const ids = ['a', 'b', 'c', 'd'];
const standings: LineStanding[] = [
  'clear',
  'clear',
  'clear',
  'refund_pending',
  'refunded',
  'charged_back',
  'cancelled',
];

const lines = fc.uniqueArray(
  fc
    .record({
      lineId: fc.constantFrom(...ids),
      sku: fc.constantFrom('kit', 'mug'),
      pieces: fc.integer({ min: 1, max: 4 }),
      standing: fc.constantFrom(...standings),
      shippable: fc.boolean(),
      destinationId: fc.constantFrom('main', 'other'),
    })
    .map(({ pieces, ...line }) => aLine({ ...line, quantity: pieces, wanted: pieces })),
  { selector: (line) => line.lineId },
);
const addresses = fc.tuple(fc.constantFrom('x', 'y', null), fc.constantFrom('x', 'y')).map(([main, other]) => [
  { destinationId: 'main', seen: main },
  { destinationId: 'other', seen: other },
]);
const kepts: fc.Arbitrary<KeptOrder> = fc.record({
  lines,
  addresses,
  told: fc.constant([]),
  telling: fc.boolean(),
});
const presents = fc.record({
  order: fc
    .record({
      lines,
      shippedAtMarketplace: fc.boolean(),
      cancelled: fc.boolean(),
      heldBecause: fc.option(fc.constant('fraud')),
    })
    .map(anOrder),
  addresses,
});
const askeds: fc.Arbitrary<AskedLines> = fc.dictionary(
  fc.constantFrom(...ids),
  fc.constantFrom<AskedLines[string]>('open', 'given_back', 'anew', 'over'),
);

const wanted = (line: Pick<OrderLine, 'standing' | 'shippable'>) =>
  line.shippable && (line.standing === 'clear' || line.standing === 'refund_pending');

/** As the rows take a change over. */
function apply(kept: KeptOrder, taken: TakenOver, seen: KeptOrder['addresses']): KeptOrder {
  const replaced = (lineId: string) => taken.lines.find((each) => each.lineId === lineId);
  const added = taken.lines.filter((line) => !kept.lines.some((each) => each.lineId === line.lineId));
  return {
    ...kept,
    lines: [...kept.lines.map((line) => replaced(line.lineId) ?? line), ...added].map((line) =>
      taken.gone.includes(line.lineId) ? { ...line, standing: 'cancelled' as const } : line,
    ),
    addresses: kept.addresses.map((each) =>
      taken.addresses.includes(each.destinationId)
        ? seen.find((one) => one.destinationId === each.destinationId)!
        : each,
    ),
  };
}

describe('an order compared with its marketplace', () => {
  it('is left alone only if everything about to be sent is wanted as it is kept', () => {
    check(
      fc.property(kepts, presents, askeds, fc.subarray(ids), (kept, present, asked, sending) => {
        if (judgeOrder(kept, present, asked, sending).outcome !== 'unchanged') return;
        for (const line of kept.lines.filter((each) => wanted(each) && asked[each.lineId] === undefined)) {
          const now = present.order.lines.find((each) => each.lineId === line.lineId)!;
          expect(now).toMatchObject({ sku: line.sku, quantity: line.quantity, destinationId: line.destinationId });
          expect(wanted({ ...now, shippable: true })).toBe(true);
          if (sending.includes(line.lineId)) expect(now.standing).toBe('clear');
          expect([present.order.cancelled, present.order.heldBecause]).toEqual([false, null]);
          expect(present.order.shippedAtMarketplace && !kept.telling).toBe(false);
        }
      }),
      1000,
    );
  });

  it('has nothing more to take over once it took a change over', () => {
    check(
      fc.property(kepts, presents, askeds, (kept, present, asked) => {
        const verdict = judgeOrder(kept, present, asked);
        if (verdict.outcome !== 'changed') return;
        const after = apply(kept, verdict.taken, present.addresses);
        const again = judgeOrder(after, present, asked);
        expect(['unchanged', 'held', 'shipped_elsewhere']).toContain(again.outcome);
      }),
      1000,
    );
  });

  it('changes the plan only for what no warehouse works on, by exactly the difference', () => {
    check(
      fc.property(kepts, presents, askeds, (kept, present, lines) => {
        // No warehouse was asked for a line that is not kept.
        const mine = Object.entries(lines).filter(([lineId]) => kept.lines.some((line) => line.lineId === lineId));
        const asked = Object.fromEntries(mine);
        const verdict = judgeOrder(kept, present, asked);
        if (verdict.outcome !== 'changed') return;
        const tooLate = ({ lineId }: { lineId: string }) => ['open', 'given_back'].includes(asked[lineId] ?? '');
        expect(verdict.free.filter(tooLate)).toEqual([]);
        expect(verdict.late.filter((each) => !tooLate(each))).toEqual([]);
        if (verdict.late.some((each) => asked[each.lineId] === 'open')) expect(verdict.conflict).not.toBeNull();
        for (const { lineId, by } of [...verdict.free, ...verdict.late]) {
          const before = kept.lines.find((line) => line.lineId === lineId);
          const now = present.order.lines.find((line) => line.lineId === lineId);
          const had = before && wanted(before) ? before.wanted : 0;
          const shippable = before?.shippable ?? now?.shippable ?? false;
          const has = now && !present.order.cancelled && wanted({ ...now, shippable }) ? now.wanted : 0;
          expect(by).toBe(has - had);
        }
      }),
      1000,
    );
  });

  it('is cancelled only if nothing of what is left is wanted, and never once it has ended', () => {
    check(
      fc.property(kepts, fc.option(presents), askeds, (kept, present, asked) => {
        expect(['unchanged', 'changed']).toContain(judgeEnded(kept, present).outcome);
        if (judgeOrder(kept, present, asked).outcome !== 'cancelled') return;
        const left = kept.lines.filter((line) => wanted(line) && asked[line.lineId] !== 'over');
        expect(left).not.toEqual([]);
        if (!present || present.order.cancelled) return;
        const alive = present.order.lines.filter((line) => left.some((each) => each.lineId === line.lineId));
        expect(alive.filter((line) => wanted({ ...line, shippable: true }))).toEqual([]);
      }),
      1000,
    );
  });

  it('comes to every verdict, the same each time and without writing to what it was given', () => {
    const seen = new Set<Verdict['outcome']>();
    check(
      fc.property(kepts, fc.option(presents), askeds, fc.subarray(ids), (kept, present, asked, sending) => {
        const first = judgeOrder(...frozen(structuredClone([kept, present, asked, sending] as const)));
        expect(judgeOrder(kept, present, asked, sending)).toEqual(first);
        seen.add(first.outcome);
      }),
      1000,
    );
    const all = ['cancelled', 'changed', 'held', 'refund_pending', 'shipped_elsewhere', 'unchanged'];
    expect([...seen].sort()).toEqual(all);
  });
});

const seen = [{ destinationId: 'main', seen: 'x' }];
const keeping = (all: OrderLine[], over: Partial<KeptOrder> = {}): KeptOrder => ({
  ...{ lines: all, addresses: seen, told: [], telling: false },
  ...over,
});
const judge = (kept: KeptOrder, order: Partial<MarketplaceOrder> | null, asked: AskedLines = {}, sending?: string[]) =>
  judgeOrder(kept, order && { order: anOrder(order), addresses: seen }, asked, sending);

describe('what an order is to its marketplace', () => {
  it('a refund that is being decided stops the line it is about and no other', () => {
    const kept = keeping([aLine({ lineId: 'a' }), aLine({ lineId: 'b' })]);
    const now = { lines: [aLine({ lineId: 'a' }), aLine({ lineId: 'b', standing: 'refund_pending' })] };
    expect(judge(kept, now, {}, ['b'])).toEqual({
      outcome: 'refund_pending',
      reason: 'A refund is pending for line b.',
    });
    expect(judge(kept, now, {}, ['a'])).toEqual({ outcome: 'unchanged' });
    expect(judge(kept, now)).toEqual({ outcome: 'unchanged' });
  });

  it('whether a line is goods is settled at import: one that ClickBank shows without saying so is no new line', () => {
    const kept = keeping([aLine({ lineId: 'a' }), aLine({ lineId: 'pdf', shippable: false })]);
    expect(judge(kept, { lines: [aLine({ lineId: 'a' }), aLine({ lineId: 'pdf' })] })).toEqual({
      outcome: 'unchanged',
    });
  });

  it('an order that is gone, or of which only digital lines are left, is cancelled', () => {
    const kept = keeping([aLine({ lineId: 'a' }), aLine({ lineId: 'pdf', shippable: false })]);
    expect(judge(kept, null)).toMatchObject({
      outcome: 'cancelled',
      reason: 'The marketplace no longer has this order.',
    });
    expect(judge(kept, { lines: [aLine({ lineId: 'pdf' })] })).toMatchObject({
      outcome: 'cancelled',
      reason: 'Nothing is left to send at the marketplace: line a (SKU kit-1) removed: 1 → 0.',
      taken: { gone: ['a'] },
    });
  });

  it('lessons 6: shipped there and not by us is elsewhere, but what we told it ourselves is not', () => {
    const kept = keeping([aLine({ lineId: 'a', quantity: 2, wanted: 2 })]);
    const now = { lines: [aLine({ lineId: 'a', quantity: 2, wanted: 2 })], shippedAtMarketplace: true };
    expect(judge(kept, now)).toMatchObject({ outcome: 'shipped_elsewhere' });
    expect(judge({ ...kept, told: [{ lineId: 'a', quantity: 1 }] }, now)).toMatchObject({
      outcome: 'shipped_elsewhere',
    });
    expect(judge({ ...kept, told: [{ lineId: 'a', quantity: 2 }] }, now)).toEqual({ outcome: 'unchanged' });
    expect(judge({ ...kept, telling: true }, now)).toEqual({ outcome: 'unchanged' });
  });

  it('what we shipped makes no difference, whether the marketplace counts it down or lists it no more', () => {
    const kept = keeping([aLine({ lineId: 'a', quantity: 3, wanted: 3 }), aLine({ lineId: 'b' })]);
    const left = [aLine({ lineId: 'a', quantity: 1, wanted: 3 })];
    const asked = { a: 'open', b: 'over' } as const;
    const told = (...pieces: number[]) => ({ ...kept, told: pieces.map((quantity) => ({ lineId: 'a', quantity })) });
    expect(judge(told(2), { lines: left }, asked)).toEqual({ outcome: 'unchanged' });
    // Two shipments of one line; and a marketplace that does not count the second yet.
    expect(judge(told(1, 1), { lines: left }, asked)).toEqual({ outcome: 'unchanged' });
    expect(judge(told(1, 1), { lines: [aLine({ lineId: 'a', quantity: 2, wanted: 3 })] }, asked)).toEqual({
      outcome: 'unchanged',
    });
    // It is being told: whose pieces they are nobody can say.
    expect(judge({ ...told(1), telling: true }, { lines: left }, asked)).toEqual({ outcome: 'unchanged' });
  });

  it('lessons 6: pieces that somebody else sends while a warehouse works on the line are shown as late, once', () => {
    const kept = keeping([aLine({ lineId: 'a', quantity: 3, wanted: 3 }), aLine({ lineId: 'b' })], {
      told: [{ lineId: 'a', quantity: 1 }],
    });
    const now = { lines: [aLine({ lineId: 'a', quantity: 1, wanted: 3 }), aLine({ lineId: 'b' })] };
    const asked = { a: 'open', b: 'open' } as const;
    const verdict = judge(kept, now, asked);
    expect(verdict).toMatchObject({
      outcome: 'changed',
      free: [],
      late: [{ lineId: 'a', by: -1 }],
      conflict: 'line a (SKU kit-1) sent by others: 2 → 1',
    });
    expect(judge(apply(kept, (verdict as { taken: TakenOver }).taken, seen), now, asked)).toEqual({
      outcome: 'unchanged',
    });
  });

  it('lessons 6: once others sent all that was left, the warehouses are to stop', () => {
    const kept = keeping([aLine({ lineId: 'a', quantity: 2, wanted: 2 }), aLine({ lineId: 'b' })]);
    const sent = { lines: [aLine({ lineId: 'a', quantity: 0, wanted: 2 }), aLine({ lineId: 'b' })] };
    expect(judge(kept, sent, { a: 'open', b: 'over' })).toMatchObject({
      outcome: 'cancelled',
      reason: 'Nothing is left to send at the marketplace: line a (SKU kit-1) sent by others: 2 → 0.',
    });
    const taken = (judge(kept, sent, { a: 'open', b: 'open' }) as { taken: TakenOver }).taken;
    expect(taken.lines).toMatchObject([{ lineId: 'a', quantity: 0, wanted: 2, standing: 'clear' }]);
  });

  it('pieces that somebody else sends of a line nobody was asked for are not sent again', () => {
    const kept = keeping([aLine({ lineId: 'a', quantity: 3, wanted: 3 })]);
    expect(judge(kept, { lines: [aLine({ lineId: 'a', quantity: 1, wanted: 3 })] })).toMatchObject({
      outcome: 'changed',
      free: [{ lineId: 'a', by: -2 }],
      conflict: null,
    });
  });

  it('an address counts as changed only against what was seen there, and late once a warehouse has it', () => {
    const kept = keeping([aLine({ lineId: 'a' })], { addresses: [{ destinationId: 'main', seen: 'older' }] });
    const now = { lines: [aLine({ lineId: 'a' })] };
    expect(judge(kept, now)).toMatchObject({ outcome: 'changed', taken: { addresses: ['main'] }, conflict: null });
    expect(judge(kept, now, { a: 'open' })).toMatchObject({ conflict: 'the delivery address' });
    const unknown = { ...kept, addresses: [{ destinationId: 'main', seen: null }] };
    expect(judge(unknown, now)).toEqual({ outcome: 'unchanged' });
  });

  it('a refund and a cancellation after everything was sent are only words', () => {
    const kept = keeping([aLine({ lineId: 'a' })]);
    const refunded = judge(kept, { lines: [aLine({ lineId: 'a', standing: 'refunded' })] }, { a: 'over' });
    expect(refunded).toMatchObject({ outcome: 'changed', conflict: null });
    expect(judge(kept, { lines: [aLine({ lineId: 'a' })], cancelled: true }, { a: 'over' })).toMatchObject({
      outcome: 'changed',
      reason: 'Changed at the marketplace: line a (SKU kit-1) cancelled: 1 → 0.',
      conflict: null,
    });
  });
});

describe('the places whose lines a store takes', () => {
  const places = fc.constantFrom('east', 'west', null);
  const takes: fc.Arbitrary<TakenPlaces> = fc.record({ location: places, service: places });
  const sold = fc.uniqueArray(
    fc.record({ lineId: fc.constantFrom(...ids), location: places, service: places }).map((line) => aLine(line)),
    { selector: (line) => line.lineId, minLength: 1 },
  );
  const keep = (order: MarketplaceOrder, rules: TakenPlaces): KeptOrder | null => {
    const decision = decideImport(order, defaultStoreSettings, { ...openStore, rules: { ...everyOrder, ...rules } });
    return decision.import ? { lines: decision.order.lines, addresses: [], told: [], telling: false } : null;
  };
  const look = (kept: KeptOrder, order: MarketplaceOrder, of: TakenPlaces) =>
    judgeOrder(kept, { order: linesTaken(order, of), addresses: [] }, {});

  it('R138: are those of its import: no setting that changes later takes a line off an order, or adds one', () => {
    check(
      fc.property(sold, takes, (lines, atImport) => {
        const order = anOrder({ lines });
        const kept = keep(order, atImport);
        if (kept) expect(look(kept, order, atImport)).toEqual({ outcome: 'unchanged' });
      }),
      500,
    );
  });

  it('R139: a line that the marketplace moves elsewhere leaves its order', () => {
    const lines = [aLine({ lineId: 'a', location: 'east' }), aLine({ lineId: 'b', location: 'east' })];
    const east = { location: 'east', service: null };
    const moved = anOrder({ lines: [lines[0]!, { ...lines[1]!, location: 'west' }] });
    const kept = keep(anOrder({ lines }), east)!;
    expect(look(kept, moved, east)).toMatchObject({ outcome: 'changed', free: [{ lineId: 'b', by: -1 }] });
    expect(look(kept, moved, { location: null, service: null })).toEqual({ outcome: 'unchanged' });
  });
});
