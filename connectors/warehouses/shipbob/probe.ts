import { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { PermissionFinding, ProbeReport } from '../../../domain/store.js';
import { listChannels, writeChannel } from './channels.js';
import type { ShipbobCall, ShipbobClient } from './client.js';
import type { WireChannel } from './wire.js';

/** Every permission we use, and the step that fails without it (D6). */
const needs: { permission: string; neededFor: string }[] = [
  { permission: 'channels_read', neededFor: 'finding the channel that orders are written to' },
  { permission: 'orders_read', neededFor: 'looking an order up before it is sent, and finding its shipments' },
  { permission: 'orders_write', neededFor: 'sending orders to the warehouse and cancelling them' },
  { permission: 'products_read', neededFor: 'checking the SKUs of an order before it is sent' },
  { permission: 'inventory_read', neededFor: 'reading stock levels' },
  { permission: 'webhooks_read', neededFor: 'replacing an older webhook registration' },
  { permission: 'webhooks_write', neededFor: 'hearing of shipments within seconds instead of at the next poll' },
];

/** Reads that can be tried at once without effect; what a channel lists is believed only where a try agrees. */
const tries: ShipbobCall[] = [
  { method: 'GET', path: '/order', query: { Limit: '1' }, permission: 'orders_read' },
  { method: 'GET', path: '/product', query: { PageSize: '1' }, permission: 'products_read' },
  { method: 'GET', path: '/inventory-level', query: { PageSize: '1' }, permission: 'inventory_read' },
];

/** Four calls: the channels with their scopes, and one read of each kind. Throws when the token itself is refused. */
export async function probe(client: ShipbobClient, configured: string | null): Promise<ProbeReport> {
  const refused = new Set<string>();
  const proven = new Set<string>();
  let channels: WireChannel[] = [];
  await attempt('channels_read', async () => {
    channels = await listChannels(client, configured);
  });
  for (const each of tries) await attempt(each.permission, () => client.call(each, z.unknown()));
  const channel = writeChannel(channels, configured);
  return {
    permissions: needs.map((each) => ({ ...each, standing: standing(each.permission, channel, proven, refused) })),
    accounts: channels.map((each) => each.name ?? each.id),
    problems: refused.has('channels_read') ? [] : problems(channels, channel, configured),
  };

  async function attempt(permission: string, read: () => Promise<unknown>): Promise<void> {
    try {
      await read();
      proven.add(permission);
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'permission_missing') throw error;
      refused.add(permission);
    }
  }
}

function standing(
  permission: string,
  channel: WireChannel | null,
  proven: Set<string>,
  refused: Set<string>,
): PermissionFinding['standing'] {
  if (refused.has(permission)) return 'missing';
  if (proven.has(permission)) return 'granted';
  // No scopes shown: only the first write can tell.
  if (!channel?.scopes || channel.scopes.length === 0) return 'unproven';
  return channel.scopes.includes(permission) ? 'granted' : 'missing';
}

function problems(channels: WireChannel[], channel: WireChannel | null, configured: string | null): string[] {
  if (channel) return [];
  const open = channels.map((each) => `${each.id} (${each.name ?? 'no name'})`).join(', ') || 'none';
  return [
    configured === null
      ? `The access token may write orders to none of its channels (${open}). Create a token with write access at ShipBob.`
      : `The access token does not open channel ${configured}. It opens: ${open}.`,
  ];
}
