import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { parseKeyRing } from '../../database/key-ring.js';
import { createDataConverter } from '../../worker/data-converter.js';

export const historiesFolder = fileURLToPath(new URL('../histories', import.meta.url));

/** Recorded histories are encrypted like real ones, under a key that is no secret: 32 times the same byte. */
export const historyKeyRing = parseKeyRing(`histories:${Buffer.alloc(32, 7).toString('base64')}`);
export const historyConverter: DataConverter = createDataConverter(historyKeyRing, 'default');

export interface RecordedHistory {
  /** "<workflow>/<case>" */
  name: string;
  workflowId: string;
  history: unknown;
}

/** Every history under test/histories/<workflow>/<case>.json. */
export async function recordedHistories(): Promise<RecordedHistory[]> {
  const files = await readdir(historiesFolder, { recursive: true });
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.replaceAll('\\', '/'));
  return Promise.all(
    names.sort().map(async (file) => {
      const { workflowId, history } = JSON.parse(await readFile(`${historiesFolder}/${file}`, 'utf8')) as RecordedHistory;
      return { name: file.replace(/\.json$/, ''), workflowId, history };
    }),
  );
}
