import { readFile } from 'node:fs/promises';
import { CliError } from './terminal.js';

/** What a file holds, parsed; /dev/stdin names what is piped in. Never repeats a word of it: it may hold secrets. */
export async function readJsonFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new CliError(`"${path}" cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}).`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new CliError(`"${path}" does not hold JSON.`, 'GET /v1/connectors lists the fields of each system.');
  }
}
