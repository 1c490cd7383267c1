import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { Failure, type FailureCode } from '../../../domain/failures.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { Warehouse } from '../port.js';
import { createCatalogue } from './catalogue.js';
import { writeChannelId } from './channels.js';
import { createClient } from './client.js';
import { readInventory } from './inventory.js';
import { memoryOf } from './memory.js';
import { fetchNews, listNews } from './news.js';
import { cancelOrder, createOrder, findOrder } from './orders.js';
import { probe } from './probe.js';
import { shipbobCredentials, shipbobSettings } from './settings.js';
import { registerWebhook } from './webhook-registration.js';

/**
 * Cheap: no call is made until one is needed, and what was learned is kept beside the connection (memory.ts). Throws
 * Failure when credentials or settings do not parse.
 */
export function connect(options: ConnectOptions<{ requestsPerMinute: number }>): Warehouse {
  const { accessToken } = readKept(shipbobCredentials, options.credentials, 'credentials_refused');
  const settings = readKept(shipbobSettings, options.settings, 'internal');
  const memory = memoryOf(accountKey(options, accessToken), options.now);
  const client = createClient({ ...options, accessToken, requestsPerMinute: options.limits?.requestsPerMinute });
  const catalogue = createCatalogue(client, memory);
  const channelId = () => writeChannelId(client, memory, settings.channelId);
  const desk = { client, catalogue, channelId, locationId: settings.locationId };
  return {
    capabilities: { settleMs: settings.settleSeconds * 1000, refusesDuplicates: true },
    findByReference: (reference) => findOrder(desk, reference),
    create: (request) => createOrder(desk, request),
    cancel: (order) => cancelOrder(desk, order),
    listNews: (request) => listNews(desk, request),
    fetchNews: (externalOrderIds) => fetchNews(desk, externalOrderIds),
    shippingMethods: () => catalogue.shippingMethods(),
    inventory: (skus) => readInventory(client, skus),
    probe: () => probe(client, settings.channelId),
    registerWebhook: (url) => registerWebhook(client, url),
  };
}

function readKept<Schema extends z.ZodType>(schema: Schema, kept: unknown, code: FailureCode): z.infer<Schema> {
  const parsed = schema.safeParse(kept);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'body';
  throw new Failure(code, `ShipBob connection: ${field} is missing or not as expected.`, { field });
}

function accountKey(options: ConnectOptions<{ requestsPerMinute: number }>, accessToken: string): string {
  const token = createHash('sha256').update(accessToken).digest('hex').slice(0, 16);
  return [options.connectionId, options.baseUrl ?? '', token].join(' ');
}
