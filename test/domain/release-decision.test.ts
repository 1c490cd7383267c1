import fc from 'fast-check';
import type { LineStanding, MarketplaceOrder } from '../../domain/order.js';
import { decideRelease } from '../../domain/release-decision.js';
import { check } from './check.js';
import { aLine, anOrder, frozen } from './given.js';

const standings: LineStanding[] = ['clear', 'refund_pending', 'refunded', 'charged_back', 'cancelled'];
const givenUp: LineStanding[] = ['refunded', 'charged_back', 'cancelled'];
const ids = ['a', 'b', 'c'];

const lines = fc.uniqueArray(
  fc
    .record({ lineId: fc.constantFrom(...ids), standing: fc.constantFrom(...standings), shippable: fc.boolean() })
    .map(aLine),
  { selector: (line) => line.lineId },
);
const ours = fc.subarray(ids, { minLength: 1 }).map((list) => list.map((lineId) => ({ lineId })));
const orders = fc.record({ lines, shippedAtMarketplace: fc.boolean() }).map(anOrder);

const decide = (all: Partial<MarketplaceOrder>['lines'], mine = ['a', 'b']) =>
  decideRelease(
    mine.map((lineId) => ({ lineId })),
    anOrder({ lines: all }),
  );

describe('the last look before goods are asked for', () => {
  it('never lets a line go that is refunded, charged back, cancelled, in dispute or gone', () => {
    check(
      fc.property(ours, orders, (mine, now) => {
        const decision = decideRelease(mine, now);
        if (decision.release !== 'go' && decision.release !== 'go_without') return;
        const without = decision.release === 'go_without' ? decision.lineIds : [];
        const going = mine.filter((line) => !without.includes(line.lineId));
        expect(going.length).toBeGreaterThan(0);
        for (const { lineId } of going) {
          const line = now.lines.find((each) => each.lineId === lineId);
          expect(line === undefined ? 'gone' : line.shippable ? line.standing : 'clear').toBe('clear');
        }
        expect(now.shippedAtMarketplace).toBe(false);
      }),
      3000,
    );
  });

  it('gives up only lines of ours that the marketplace gave up, and cancels only when no physical line is left', () => {
    check(
      fc.property(ours, orders, (mine, now) => {
        const decision = decideRelease(mine, now);
        const lost = (lineId: string) => {
          const line = now.lines.find((each) => each.lineId === lineId);
          return line === undefined || givenUp.includes(line.standing);
        };
        if (decision.release === 'go_without')
          for (const lineId of decision.lineIds) expect([lostOrNot(mine, lineId), lost(lineId)]).toEqual([true, true]);
        if (decision.release === 'cancel') {
          const physical = now.lines.filter((line) => line.shippable && lostOrNot(mine, line.lineId));
          expect(physical.every((line) => lost(line.lineId))).toBe(true);
        }
      }),
      3000,
    );
  });

  const lostOrNot = (mine: { lineId: string }[], lineId: string) => mine.some((line) => line.lineId === lineId);

  it('decides alike and changes nothing', () => {
    check(
      fc.property(ours, orders, (mine, now) => {
        const first = decideRelease(frozen(structuredClone(mine)), frozen(structuredClone(now)));
        expect(decideRelease(mine, now)).toEqual(first);
      }),
    );
  });

  it('lets a clear order go', () => {
    expect(decide([aLine({ lineId: 'a' }), aLine({ lineId: 'b' })])).toEqual({ release: 'go' });
  });

  it('does not mind lines that are not ours', () => {
    const all = [aLine({ lineId: 'a' }), aLine({ lineId: 'x', standing: 'refund_pending' })];
    expect(decide(all, ['a'])).toEqual({ release: 'go' });
  });

  it('does not mind a refund of a digital line: no goods hang on it', () => {
    for (const standing of ['refunded', 'refund_pending'] as const) {
      const all = [aLine({ lineId: 'a' }), aLine({ lineId: 'b', shippable: false, standing })];
      expect(decide(all)).toEqual({ release: 'go' });
    }
  });

  it.each(givenUp)('gives up a line that is %s and lets the rest go, naming it', (standing) => {
    const decision = decide([aLine({ lineId: 'a', standing }), aLine({ lineId: 'b' })]);
    expect(decision).toMatchObject({ release: 'go_without', lineIds: ['a'] });
    expect(decision).toHaveProperty('reason', expect.stringContaining('line a'));
  });

  it('gives up a line that the marketplace no longer has', () => {
    expect(decide([aLine({ lineId: 'b' })])).toMatchObject({ release: 'go_without', lineIds: ['a'] });
    // A bundle is named once for each of its components.
    expect(decide([aLine({ lineId: 'b' })], ['a', 'a', 'b'])).toMatchObject({ lineIds: ['a'] });
  });

  it.each(givenUp)('cancels when every physical line is %s, digital ones aside', (standing) => {
    const all = [aLine({ lineId: 'a', standing }), aLine({ lineId: 'b', shippable: false })];
    expect(decide(all)).toMatchObject({ release: 'cancel' });
  });

  it('cancels an order that the marketplace no longer has, or has no line of ours any more', () => {
    expect(decideRelease([{ lineId: 'a' }], null)).toMatchObject({ release: 'cancel' });
    expect(decide([aLine({ lineId: 'x' })])).toMatchObject({ release: 'cancel' });
  });

  it('waits while a refund is being decided, even if another line is clear or gone', () => {
    const all = [aLine({ lineId: 'a', standing: 'refund_pending' }), aLine({ lineId: 'b', standing: 'refunded' })];
    const decision = decide(all);
    expect(decision).toMatchObject({ release: 'wait' });
    expect(decision).toHaveProperty('reason', expect.stringContaining('line a'));
  });

  it('sends nothing that the marketplace counts as shipped: two parties would ship one order', () => {
    const now = anOrder({ shippedAtMarketplace: true, lines: [aLine({ lineId: 'a', standing: 'refunded' })] });
    expect(decideRelease([{ lineId: 'a' }], now)).toMatchObject({ release: 'shipped_elsewhere' });
  });
});
