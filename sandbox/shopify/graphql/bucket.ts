/** The leaky bucket of one app in one shop: what is taken flows back at so many points a second (reference/shopify.md §7). */
export interface Bucket {
  /** Takes the points, or tells that they are not there and takes nothing. */
  take(points: number): boolean;
  /** Gives back what was asked for and not used. */
  giveBack(points: number): void;
  status(): { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
}

export function createBucket(now: () => Date, size: () => { maximumAvailable: number; restoreRate: number }): Bucket {
  let taken = 0;
  let at = now().getTime();
  const flowBack = () => {
    const elapsed = Math.max(0, now().getTime() - at) / 1_000;
    at += elapsed * 1_000;
    taken = Math.max(0, taken - elapsed * size().restoreRate);
  };
  const available = () => Math.floor(size().maximumAvailable - taken);
  return {
    take(points) {
      flowBack();
      if (points > available()) return false;
      taken += points;
      return true;
    },
    giveBack: (points) => void (taken = Math.max(0, taken - points)),
    status() {
      flowBack();
      return { ...size(), currentlyAvailable: available() };
    },
  };
}
