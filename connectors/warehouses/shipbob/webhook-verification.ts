import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export interface WebhookRequest {
  /** Lower-case names, as Node gives them. */
  headers: Record<string, string>;
  rawBody: Buffer;
  /** The secrets that count now: during a change both the new and the old one. */
  secrets: string[];
  now: Date;
}

export interface VerifiedWebhook {
  /** The same for every repetition of one delivery. */
  deliveryKey: string;
  topic: string;
  /** Orders of the warehouse to look at; empty where the body names none, and then a poll finds them. */
  orderIds: string[];
  body: Record<string, unknown>;
}

/** Standard Webhooks: older or newer calls are replays or wrong clocks. */
const toleranceSeconds = 5 * 60;
/** 32 bytes in base64; ShipBob's own example lacks the padding. */
const signaturePattern = /^v1,([A-Za-z0-9+/]{43})=?$/;

/** Null for whatever ShipBob did not sign. Never throws (reference/warehouses.md §2.5, Webhooks). */
export function verifyWebhook(request: WebhookRequest): VerifiedWebhook | null {
  const id = request.headers['webhook-id'];
  const timestamp = request.headers['webhook-timestamp'] ?? '';
  if (!id || !/^\d{1,12}$/.test(timestamp)) return null;
  if (Math.abs(request.now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return null;
  const given = signatures(request.headers['webhook-signature'] ?? '');
  const signed = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), request.rawBody]);
  if (!request.secrets.some((secret) => matches(secret, signed, given))) return null;
  const body = parseBody(request.rawBody);
  if (!body) return null;
  return { deliveryKey: id, topic: request.headers['x-webhook-topic'] ?? 'unknown', orderIds: orderIds(body), body };
}

/** The header lists one signature for each secret in use: "v1,<base64> v1,<base64>". */
function signatures(header: string): Buffer[] {
  return header.split(' ').flatMap((each) => {
    const text = signaturePattern.exec(each)?.[1];
    return text === undefined ? [] : [Buffer.from(text, 'base64')];
  });
}

function matches(secret: string, signed: Buffer, given: Buffer[]): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  // Anyone can sign with an empty key.
  if (key.length === 0) return false;
  const expected = createHmac('sha256', key).update(signed).digest();
  return given.some((each) => timingSafeEqual(each, expected));
}

const anyRecord = z.record(z.string(), z.unknown());

function parseBody(rawBody: Buffer): Record<string, unknown> | null {
  try {
    const parsed = anyRecord.safeParse(JSON.parse(rawBody.toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

const orderId = z.union([z.number().int(), z.string().regex(/^\d+$/)]).transform(String);
const anyObject = z.looseObject({});

/**
 * ShipBob publishes no schema of the bodies: they mirror a shipment (`order_id`) or an order (`id` beside
 * `shipments`), bare or inside `data`.
 */
function orderIds(body: Record<string, unknown>): string[] {
  const read = (value: unknown) => orderId.safeParse(value).data;
  const found = [body, body['data'], body['order']].flatMap((each) => {
    const inside = anyObject.safeParse(each).data;
    if (!inside) return [];
    const isOrder = Array.isArray(inside['shipments']) || each === body['order'];
    return [read(inside['order_id']), isOrder ? read(inside['id']) : undefined];
  });
  return [...new Set(found.filter((each) => each !== undefined))];
}
