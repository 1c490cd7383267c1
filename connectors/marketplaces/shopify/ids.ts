import { z } from 'zod';

type Kind = 'Order' | 'LineItem' | 'Location' | 'FulfillmentOrder' | 'InventoryItem' | 'Return';

/** Shopify's "gid://shopify/Order/123" as people and its admin's links know it: 123. */
export const numericId = z
  .string()
  .regex(/^gid:\/\/shopify\/\w+\/\d+(\?.*)?$/, 'expected a Shopify id')
  .transform((gid) => /(\d+)(?:\?.*)?$/.exec(gid)![1]!);

export const gid = (kind: Kind, id: string): string => `gid://shopify/${kind}/${id}`;
