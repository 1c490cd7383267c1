const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;

/** What has just happened may still be on its way through polls: comparing it would name differences that are none. */
const settlingMs = 15 * minuteMs;
/** Each moment is looked at by two runs: what was being changed during one shows in the next. */
const overlapMs = dayMs;
const firstLookMs = 7 * dayMs;
/** After a longer pause a run still ends within its day; a person may ask for more. */
const longestMs = 30 * dayMs;

/** The window of a store's scheduled run, or null when none is due. `last.at` is when the store was added before the first. */
export function dueWindow(last: { at: Date; to: Date | null }, now: Date): { from: Date; to: Date } | null {
  if (now.getTime() - last.at.getTime() < dayMs) return null;
  const since = last.to ? last.to.getTime() - overlapMs : now.getTime() - firstLookMs;
  const from = Math.max(since, now.getTime() - longestMs);
  return { from: new Date(from), to: new Date(now.getTime() - settlingMs) };
}
