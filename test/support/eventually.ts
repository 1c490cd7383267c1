/**
 * A wake-up that got lost is made good by the poll's next heartbeat, which the SDK holds back for up to 24 s (80 % of its
 * timeout): waiting less would call that a fault.
 */
export const patienceSeconds = 30;

/** Tries `check` again until it no longer throws; after `seconds` its last error is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, seconds = patienceSeconds, everyMs = 50): Promise<T> {
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
