import fc from 'fast-check';
import { addDays, pacificDate, toUtc } from '../../../connectors/marketplaces/clickbank/pacific.js';
import { pacificDay, pacificTime } from '../../../sandbox/clickbank/pacific.js';

it.each([
  ['2025-03-04T10:11:12-08:00', '2025-03-04T18:11:12.000Z'],
  ['2025-03-04T10:11:12.5-0800', '2025-03-04T18:11:12.500Z'],
  ['2025-03-04T10:11:12Z', '2025-03-04T10:11:12.000Z'],
  ['2025-03-04T10:11:12+05:30', '2025-03-04T04:41:12.000Z'],
  ['20250304T101112-0800', '2025-03-04T18:11:12.000Z'],
  ['20220810T162015-0700', '2022-08-10T23:20:15.000Z'],
  ['2025-07-04T10:11:12', '2025-07-04T17:11:12.000Z'],
  ['20250104T101112', '2025-01-04T18:11:12.000Z'],
  // The hour that autumn repeats is read as its first; the hour that spring leaves out as if the clock had not moved.
  ['2026-11-01T01:30:00', '2026-11-01T08:30:00.000Z'],
  ['2026-11-01T02:30:00', '2026-11-01T10:30:00.000Z'],
  ['2027-03-14T01:30:00', '2027-03-14T09:30:00.000Z'],
  ['2027-03-14T02:30:00', '2027-03-14T10:30:00.000Z'],
  ['2027-03-14T03:30:00', '2027-03-14T10:30:00.000Z'],
])('reads %s as %s', (text, utc) => expect(toUtc(text)).toBe(utc));

it.each([
  '',
  'today',
  '2025-03-04',
  '2025-02-30T10:00:00Z',
  '2025-13-01T10:00:00Z',
  '2025-03-04T25:00:00',
  '1741083072',
])('does not take %j for a date and time', (text) => expect(toUtc(text)).toBeUndefined());

it.each([
  ['2026-11-01T06:59:59Z', '2026-10-31'],
  ['2026-11-01T07:00:00Z', '2026-11-01'],
  ['2026-11-02T07:59:59Z', '2026-11-01'],
  ['2026-11-02T08:00:00Z', '2026-11-02'],
  ['2027-03-14T07:59:59Z', '2027-03-13'],
  ['2027-03-15T06:59:59Z', '2027-03-14'],
  ['2027-03-15T07:00:00Z', '2027-03-15'],
])('%s is %s in Pacific days', (instant, date) => expect(pacificDate(new Date(instant))).toBe(date));

it('agrees with the sandbox, which counts on its own, at any moment and with or without an offset', () => {
  const moments = fc.date({ min: new Date('2007-12-01'), max: new Date('2037-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(moments, (moment) => {
      const seconds = new Date(Math.floor(moment.getTime() / 1000) * 1000);
      expect(pacificDate(seconds)).toBe(pacificDay(seconds));
      expect(toUtc(pacificTime(seconds))).toBe(seconds.toISOString());
      const bare = toUtc(pacificTime(seconds).slice(0, 19))!;
      expect([0, 3_600_000]).toContain(seconds.getTime() - Date.parse(bare));
    }),
  );
});

it('counts days without meeting a clock change', () => {
  expect(addDays('2026-11-01', -1)).toBe('2026-10-31');
  expect(addDays('2027-03-14', 1)).toBe('2027-03-15');
  expect(addDays('2028-02-29', 1)).toBe('2028-03-01');
});
