import { z } from 'zod';

export const shipbobCredentials = z.strictObject({
  /** A personal access token of the merchant's ShipBob account. */
  accessToken: z.string().trim().min(1),
});

export const shipbobSettings = z.strictObject({
  /** Null picks the first channel that the token may write orders to. */
  channelId: z.string().regex(/^\d+$/, 'expected the number of a channel').nullable().default(null),
  /** Null leaves the choice of the fulfilment centre to ShipBob. */
  locationId: z.number().int().positive().nullable().default(null),
  /**
   * How long a created order may stay invisible to a look-up by its reference. ShipBob promises nothing, so the
   * harsher reading is the default.
   */
  settleSeconds: z.number().int().min(0).max(3600).default(120),
});

export type ShipbobSettings = z.infer<typeof shipbobSettings>;
