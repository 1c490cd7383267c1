/** The address of a server that test/support/global-setup.ts started. */
export function sharedServer(variable: 'WAYBILL_TEST_POSTGRES' | 'WAYBILL_TEST_TEMPORAL'): string {
  const address = process.env[variable];
  if (!address) throw new Error(`${variable} is not set: run the tests with the globalSetup of jest.config.js`);
  return address;
}
