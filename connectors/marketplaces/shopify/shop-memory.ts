/**
 * What a shop's answers taught of its points, kept beside the connections and not in them: activities connect anew for
 * each pass, and must not begin each with a guess.
 */
export interface ShopMemory {
  /** Size of the bucket and points a second, which differ by plan; null before the first answer. */
  bucket: { capacity: number; perSecond: number } | null;
  /** What Shopify says each document asks for, by its name. */
  requested: Map<string, number>;
  /** Whether a page of the larger size was refused as too dear. */
  largePagesRefused: boolean;
}

const shops = new Map<string, ShopMemory>();

export function memoryOf(connectionId: string): ShopMemory {
  const known = shops.get(connectionId) ?? { bucket: null, requested: new Map(), largePagesRefused: false };
  shops.set(connectionId, known);
  return known;
}
