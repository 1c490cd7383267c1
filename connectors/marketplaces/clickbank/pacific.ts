/**
 * ClickBank's days are Pacific days, in its lists and in its notices (reference/clickbank.md §1, Dates and zones).
 * Dates are text, yyyy-mm-dd, so that no arithmetic on them ever meets a clock change.
 */
const hourMs = 3_600_000;
const wallClock = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/Los_Angeles',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** What a Pacific clock shows at an instant, written as if it were UTC. */
function pacificWall(instant: number): number {
  const parts = Object.fromEntries(wallClock.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const { year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Pacific calendar date of an instant, yyyy-mm-dd. */
export function pacificDate(instant: Date): string {
  return dateOf(pacificWall(instant.getTime()));
}

export function addDays(date: string, days: number): string {
  return dateOf(Date.parse(`${date}T00:00:00Z`) + days * 24 * hourMs);
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

const dateTime = /^(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}(?::?[0-5]\d)?)?$/i;

/**
 * A date-time of ClickBank as UTC, ISO 8601; undefined when it is none. Takes the extended and the basic form and any
 * offset, because what the live API sends is not documented; without one it is read as Pacific.
 */
export function toUtc(text: string): string | undefined {
  const match = dateTime.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', offset] = match;
  const written = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const wall = Date.parse(written);
  // Date.parse takes 24:00 and, in places, 31 June: what does not come back as written is no date.
  if (Number.isNaN(wall) || new Date(wall).toISOString() !== written) return undefined;
  const instant = offset === undefined ? fromPacificWall(wall) : wall - offsetMs(offset);
  return new Date(instant).toISOString();
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const ms = Number(digits.slice(0, 2)) * hourMs + Number(digits.slice(2)) * 60_000;
  return offset.startsWith('-') ? -ms : ms;
}

/** In the hour that autumn repeats, the first; in the hour that spring leaves out, as if the clock had not moved. */
function fromPacificWall(wall: number): number {
  const seconds = wall - (wall % 1000);
  const behind = [7, 8].find((hours) => pacificWall(seconds + hours * hourMs) === seconds) ?? 8;
  return wall + behind * hourMs;
}
