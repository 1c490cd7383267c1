/** Pacific days and times as ClickBank counts and writes them. Kept apart from the connector's: each checks the other. */
const zone = 'America/Los_Angeles';
const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
const offset = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });

/** yyyy-mm-dd */
export function pacificDay(instant: string | Date): string {
  return day.format(new Date(instant));
}

/** As ClickBank writes date-times: 2025-03-04T10:11:12-08:00. */
export function pacificTime(instant: string | Date): string {
  const at = new Date(instant);
  const zoneName = offset.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT-08:00';
  return `${clock.format(at).replace(' ', 'T')}${zoneName.replace('GMT', '')}`;
}
