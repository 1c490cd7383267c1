import { sleep } from '@temporalio/workflow';

/** Sleeps that many days, one at a time, and returns the milliseconds that passed on the workflow's clock. */
export async function sleeper(days: number): Promise<number> {
  const start = Date.now();
  for (let day = 0; day < days; day++) await sleep('1 day');
  return Date.now() - start;
}
