/**
 * A wake-up that got lost is made good by the poll's next heartbeat, which the SDK holds back for up to 48 s (80 % of the
 * timeout of a minute): waiting less would call that a fault now and then.
 */
export const patienceSeconds = 52;

/** Tries `check` again every 50 ms until it no longer throws; after `seconds` its last error is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, seconds = patienceSeconds): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
