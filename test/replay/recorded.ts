import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
// A CommonJS package whose names Node cannot see from an ES module.
import proto from '@temporalio/proto';
import { parseKeyRing } from '../../database/key-ring.js';
import { createDataConverter } from '../../worker/data-converter.js';

export const historiesFolder = fileURLToPath(new URL('../histories', import.meta.url));

/** Recorded histories are encrypted like real ones, under a key that is no secret: 32 times the same byte. */
export const historyKeyRing = parseKeyRing(`histories:${Buffer.alloc(32, 7).toString('base64')}`);
export const historyConverter: DataConverter = createDataConverter(historyKeyRing, 'default');

const { History } = proto.temporal.api.history.v1;
const { EventType } = proto.temporal.api.enums.v1;
type History = proto.temporal.api.history.v1.IHistory;

export interface RecordedHistory {
  /** "<workflow>/<case>" */
  name: string;
  workflowId: string;
  history: History;
}

/**
 * The text of a history's file: the kinds of its events for people, the history itself as protobuf in base64. Not the
 * JSON of Temporal's tools: the SDK's functions for it need protobufjs to be installed once only, and npm installs it
 * once for each of the SDK's packages.
 */
export function writeHistory({ workflowId, history }: Omit<RecordedHistory, 'name'>): string {
  const events = (history.events ?? []).map((event) => EventType[event.eventType ?? 0]!.replace('EVENT_TYPE_', ''));
  const protobuf = Buffer.from(History.encode(history).finish()).toString('base64');
  return `${JSON.stringify({ workflowId, events: events.join(' '), protobuf }, null, 1)}\n`;
}

/** Every history under test/histories/<workflow>/<case>.json. */
export async function recordedHistories(): Promise<RecordedHistory[]> {
  const files = await readdir(historiesFolder, { recursive: true });
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.replaceAll('\\', '/'));
  return Promise.all(
    names.sort().map(async (file) => {
      const text = await readFile(`${historiesFolder}/${file}`, 'utf8');
      const { workflowId, protobuf } = JSON.parse(text) as { workflowId: string; protobuf: string };
      const history = History.decode(Buffer.from(protobuf, 'base64'));
      return { name: file.replace(/\.json$/, ''), workflowId, history };
    }),
  );
}
