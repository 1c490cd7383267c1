import { randomUUID } from 'node:crypto';
import { holdStockWriter, releaseStockWriter } from '../database/stock-writers.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * A batch is some reads and one write of at most 100 SKUs; 15 calls' deadlines are far above it. A worker that died
 * holds the location's stock up for that long, five minutes.
 */
const callsInLease = 15;

/**
 * Runs `work` while no other sync, and no abandoned attempt of this one, writes to the location. `hold` is called before
 * each batch; it ends the round where the lease was lost.
 */
export async function asOnlyWriter(
  deps: ActivityDependencies,
  location: string,
  work: (hold: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const holder = randomUUID();
  const hold = async () => {
    if (await holdStockWriter(deps.db, location, holder, callsInLease * deps.callDeadlineMs)) return;
    throw new StockBusy();
  };
  try {
    await work(hold);
  } finally {
    await releaseStockWriter(deps.db, location, holder);
  }
}

/** Another sync writes to the location now: the round is made again in some seconds. */
export class StockBusy extends Error {}
