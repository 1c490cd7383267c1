import fc from 'fast-check';
import { refundRecheckMs } from '../../domain/hold.js';
import { defaultStoreSettings, nextPollMs, probePasses, type PermissionFinding } from '../../domain/store.js';
import { check } from './check.js';

describe('the settings a store starts with', () => {
  it('send nothing before a person has looked at the first import', () => {
    expect(defaultStoreSettings).toMatchObject({ reviewFirstImport: true, unlistedSku: 'attention' });
  });

  it('keep an idle store within 300 calls a day and new orders within five minutes', () => {
    const { busy, idle } = defaultStoreSettings.pollSeconds;
    const dailyProbe = 1;
    expect(Math.ceil(86_400 / idle) + dailyProbe).toBeLessThanOrEqual(300);
    expect(idle).toBeLessThanOrEqual(300);
    expect(busy).toBeLessThan(idle);
  });

  it('look at a pending refund again when ClickBank has had its day to decide', () => {
    expect(refundRecheckMs).toBe(86_400_000);
  });
});

describe('the wait before the next poll', () => {
  const intervals = { busy: 60, idle: 295 };
  const wait = (facts: Partial<Parameters<typeof nextPollMs>[1]>) =>
    nextPollMs(intervals, { sinceLastOrderMs: null, failures: 0, askedMs: 0, ...facts });
  const times = fc.integer({ min: 0, max: 10 ** 10 });

  it('lies between the busy and the idle interval while all goes well, and grows as orders stay away', () => {
    check(
      fc.property(times, times, (one, other) => {
        const [sooner, later] = [
          wait({ sinceLastOrderMs: Math.min(one, other) }),
          wait({ sinceLastOrderMs: Math.max(one, other) }),
        ];
        expect(sooner).toBeLessThanOrEqual(later);
        expect(sooner).toBeGreaterThanOrEqual(60_000);
        expect(later).toBeLessThanOrEqual(295_000);
      }),
    );
    expect(wait({})).toBe(295_000);
    expect(wait({ sinceLastOrderMs: 0 })).toBe(60_000);
    expect(wait({ sinceLastOrderMs: 600_000 })).toBe(150_000);
  });

  it('doubles with each failure up to an hour, and the store never switches itself off', () => {
    expect([1, 2, 3, 6, 7, 8, 1000, 100_000].map((failures) => wait({ failures }) / 60_000)).toEqual([
      1, 2, 4, 32, 60, 60, 60, 60,
    ]);
  });

  it('is never shorter than the vendor asked for after a failure', () => {
    check(
      fc.property(fc.integer({ min: 1, max: 2000 }), times, (failures, askedMs) => {
        expect(wait({ failures, askedMs })).toBeGreaterThanOrEqual(askedMs);
      }),
    );
  });
});

describe('a probe', () => {
  const finding = (standing: PermissionFinding['standing']): PermissionFinding => ({
    permission: 'write',
    standing,
    neededFor: 'telling the marketplace of a shipment',
  });
  it.each([
    ['passes when all is granted', [finding('granted')], [], true],
    [
      'passes with a permission that only the first write can prove',
      [finding('granted'), finding('unproven')],
      [],
      true,
    ],
    ['fails when one permission is missing', [finding('granted'), finding('missing')], [], false],
    ['fails on any other problem', [finding('granted')], ['The key cannot read the nickname acme.'], false],
  ])('%s', (_title, permissions, problems, expected) => {
    expect(probePasses({ permissions, problems, accounts: ['acme'] })).toBe(expected);
  });
});
