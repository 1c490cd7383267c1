/** Tries `check` again every 50 ms until it no longer throws; after `seconds` its last error is the test's. */
export async function eventually<T>(check: () => T | Promise<T>, seconds = 20): Promise<T> {
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
