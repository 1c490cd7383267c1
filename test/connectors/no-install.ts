/** For connections whose credentials a person entered and that never expire. */
export const noInstall = { app: null, renewCredentials: async () => null };
