import type { Payload } from '@temporalio/common';
import { parseWorkflowId } from '../../domain/identifiers.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { sandboxKey } from '../../sandbox/clickbank/state.js';
import { sandboxShipbobToken } from '../../sandbox/shipbob/sandbox.js';
import { sandboxShopifyApp, sandboxShopifyToken } from '../../sandbox/shopify/state/tokens.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';
import type { Waybill } from '../support/waybill.js';

/** An invented customer whose every word is found again wherever it leaks. */
export const canary = {
  customer: {
    firstName: 'Canaria',
    lastName: 'Birdsong',
    email: 'canary.bird@example.com',
    phone: '2085550142',
    address1: '77 Yellowfeather Lane',
  },
};

const { accessToken, clientSecret } = sandboxBigcommerceCredentials;
const secrets = [
  ...[sandboxKey.apiKey, sandboxShipbobToken, accessToken, clientSecret],
  ...[sandboxShopifyToken, sandboxShopifyApp.clientSecret],
];
const peopleAndSecrets = [...Object.values(canary.customer), ...secrets];

/** The server's own word on an activity that was cancelled before a worker took it. */
const ofTheServer = '"ACTIVITY_ID_NOT_STARTED"';

export interface Leaks {
  workflows: number;
  payloads: number;
  /** What of people or secrets is in a history, decoded or as it is stored. */
  canaries: string[];
  /** Payloads that are stored without encryption, other than search attributes. */
  plain: string[];
}

/** Reads every history this Waybill made, as stored and decoded, and looks for what must not be there (I8). */
export async function findLeaks(waybill: Waybill): Promise<Leaks> {
  const { temporal, queues, keyRing } = waybill;
  const codec = createPayloadCodec(keyRing, 'default');
  const leaks: Leaks = { workflows: 0, payloads: 0, canaries: [], plain: [] };
  const query = `TaskQueue = '${queues.orders}' OR TaskQueue = '${queues.connections}'`;
  for await (const { workflowId, runId } of temporal.workflow.list({ query })) {
    leaks.workflows += 1;
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const found = collect(history);
    const decoded = await codec.decode(found.payloads);
    leaks.payloads += found.payloads.length;
    const texts = [...found.texts, ...[...found.payloads, ...decoded].map(textOf)];
    for (const word of peopleAndSecrets)
      if (texts.some((text) => text.includes(word))) leaks.canaries.push(`${workflowId}: ${word}`);
    for (const word of ['ord_', receiptIn(workflowId)])
      if (found.payloads.some((payload) => textOf(payload).includes(word))) leaks.plain.push(`${workflowId}: ${word}`);
    for (const payload of found.payloads)
      if (encodingOf(payload) !== 'binary/encrypted' && textOf(payload) !== ofTheServer)
        leaks.plain.push(`${workflowId}: ${textOf(payload)}`);
  }
  return leaks;
}

/** Every text and every payload of a history; search attributes are kept plain on purpose and are read as texts. */
function collect(value: unknown, into = { texts: [] as string[], payloads: [] as Payload[] }) {
  if (typeof value === 'string') into.texts.push(value);
  else if (value instanceof Uint8Array) into.texts.push(Buffer.from(value).toString('utf8'));
  else if (isPayload(value)) into.payloads.push(value);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) {
      if (name === 'searchAttributes') into.texts.push(...searchAttributeTexts(inner));
      // The SDK's own note on a local activity: its name, number and times. Its result is beside it, as "result".
      else if (name === 'data' && isPayloads(inner)) into.texts.push(...inner.payloads.map(textOf));
      else collect(inner, into);
    }
  return into;
}

function searchAttributeTexts(value: unknown): string[] {
  const fields = (value as { indexedFields?: Record<string, Payload> } | null)?.indexedFields ?? {};
  return Object.values(fields).map(textOf);
}

function isPayloads(value: unknown): value is { payloads: Payload[] } {
  return typeof value === 'object' && value !== null && 'payloads' in value && Array.isArray(value.payloads);
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;
}

/** What an order is called must not stand in a payload as it is stored; in the workflow's own id it does. */
function receiptIn(workflowId: string): string {
  const id = parseWorkflowId(workflowId);
  return id?.kind === 'order' ? id.externalId : workflowId;
}

const textOf = (payload: Payload) => Buffer.from(payload.data ?? new Uint8Array()).toString('utf8');
const encodingOf = (payload: Payload) => Buffer.from(payload.metadata?.['encoding'] ?? new Uint8Array()).toString();
