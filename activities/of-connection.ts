import { Failure, type FailureCode } from '../domain/failures.js';

/** What is mended on the connection and nowhere else: saving it there has to wake the orders that wait. */
const mendedThere: FailureCode[] = [
  'credentials_refused',
  'app_uninstalled',
  'permission_missing',
  'order_not_shown',
  'address_blocked',
];

/** Makes calls to one connection; a failure that lies in the connection itself names it. */
export async function ofConnection<T>(connectionId: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Failure) || !mendedThere.includes(error.code)) throw error;
    throw new Failure(error.code, error.message, { ...error.about, connection: connectionId });
  }
}
