import type { BigcommerceSandbox } from '../../sandbox/bigcommerce/sandbox.js';
import { sandboxBigcommerceCredentials } from '../../sandbox/bigcommerce/state.js';
import { startWaybill, type WaybillOptions } from '../support/waybill.js';

/** Waybill whose sample store is this BigCommerce account. */
export async function startBigcommerceStore({ standIn }: BigcommerceSandbox, options: WaybillOptions = {}) {
  const baseUrl = await standIn.listen();
  const store = { marketplace: 'bigcommerce', baseUrl, credentials: sandboxBigcommerceCredentials } as const;
  return startWaybill({ ...options, store });
}
