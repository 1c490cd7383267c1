import { z } from 'zod';
import type { ShipbobClient } from './client.js';
import { wireNewWebhook, wireWebhook } from './wire.js';

/** The topics that say something about an order of ours; each is only a hint to look at the order. */
const topics = ['order.shipped', 'order.shipment.exception', 'order.shipment.on_hold', 'order.shipment.cancelled'];

/** ShipBob tells a secret once, so an older registration of the address is of no use and goes first. */
export async function registerWebhook(client: ShipbobClient, url: string): Promise<{ secret: string }> {
  const old: string[] = [];
  const list = {
    method: 'GET',
    path: '/webhook',
    query: { RecordsPerPage: '250' },
    permission: 'webhooks_read',
  } as const;
  await client.walk(list, wireWebhook, (items) => {
    const mine = items.filter((each) => each.url === url && !old.includes(each.id));
    old.push(...mine.map((each) => each.id));
    return false;
  });
  const permission = 'webhooks_write';
  for (const id of old)
    await client.call({ method: 'DELETE', path: `/webhook/${encodeURIComponent(id)}`, permission }, z.unknown());
  const body = { url, topics, description: 'Waybill' };
  const { secret } = await client.call({ method: 'POST', path: '/webhook', body, permission }, wireNewWebhook);
  return { secret };
}
