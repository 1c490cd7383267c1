import { CliError } from './terminal.js';

/** A time as a person writes it for an option, as the API takes it. */
export function utcTime(option: string, text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new CliError(`${option} must be a time, not "${text}".`, 'For example 2026-11-20T09:30:00Z.');
  return time.toISOString();
}
