import { Failure } from '../../../domain/failures.js';
import type { ShipbobClient } from './client.js';
import type { Memory } from './memory.js';
import { wireChannel, type WireChannel } from './wire.js';

/** The channels the token opens, in ShipBob's order, up to the one that takes our writes. */
export async function listChannels(client: ShipbobClient, configured: string | null): Promise<WireChannel[]> {
  const channels: WireChannel[] = [];
  const call = { method: 'GET', path: '/channel', permission: 'channels_read' } as const;
  await client.walk(call, wireChannel, (items) => {
    const fresh = items.filter((each) => !channels.some((known) => known.id === each.id));
    channels.push(...fresh);
    // ShipBob's own example links a next page even from the last one, so a page that brings nothing new ends the walk.
    return fresh.length === 0 || writeChannel(channels, configured) !== null;
  });
  return channels;
}

/** The channel orders are written to: the one of the settings, or the first the token may write orders to. */
export function writeChannel(channels: WireChannel[], configured: string | null): WireChannel | null {
  const wanted = channels.filter((each) =>
    configured === null ? each.scopes?.includes('orders_write') : each.id === configured,
  );
  return wanted[0] ?? null;
}

/** Its id, asked for once in a while. Throws `permission_missing` where the token may write to none. */
export async function writeChannelId(
  client: ShipbobClient,
  memory: Memory,
  configured: string | null,
): Promise<string> {
  return configured ?? memory.recall<string>('channel') ?? memory.learn('channel', () => findWriteChannel(client));
}

async function findWriteChannel(client: ShipbobClient): Promise<string> {
  const channel = writeChannel(await listChannels(client, null), null);
  if (!channel)
    throw new Failure('permission_missing', 'The access token may write orders to none of its ShipBob channels.', {
      permission: 'orders_write',
    });
  return channel.id;
}
