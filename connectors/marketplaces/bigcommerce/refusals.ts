import { Failure } from '../../../domain/failures.js';
import type { HttpAnswer } from '../../http.js';
import { vendorText } from './answers.js';
import type { BigcommerceCall } from './calls.js';
import { scopeTitle } from './scopes.js';

/** Any 4xx of a call; 429, 5xx and broken connections are judged in connectors/http.ts (reference/bigcommerce.md §1, §6). */
export function refusal(call: BigcommerceCall, answer: HttpAnswer, accessToken: string): Failure {
  const about = { path: call.path, ...call.about };
  const said = `BigCommerce refused ${call.step}: ${vendorText(answer, accessToken)}.`;
  switch (answer.status) {
    case 401:
      return new Failure('credentials_refused', `${said} The token is wrong, was deleted, or is of a legacy account.`, {
        path: call.path,
      });
    case 403:
      return forbidden(call, said, about);
    case 404:
      return new Failure('not_found', said, about);
    // Conflict with another write, and a locked resource: nothing was done, and it passes.
    case 409:
    case 423:
      return new Failure('unavailable', said, about);
    default:
      return new Failure(isShipment(call) ? 'writeback_refused' : 'request_rejected', said, about);
  }
}

/** One missing scope shows at the call that needs it and not before; a foreign store hash is answered alike. */
function forbidden(call: BigcommerceCall, said: string, about: Record<string, string>): Failure {
  if (call.scope === null) return new Failure('permission_missing', said, about);
  const permission = scopeTitle(call.scope);
  return new Failure(
    'permission_missing',
    `The token lacks "${permission}", or is of another store: ${call.step} fails without it. The scopes of an API account ` +
      'cannot be changed: make a new account with this one too, and save its credentials.',
    { permission, ...about },
  );
}

function isShipment(call: BigcommerceCall): boolean {
  return call.method === 'POST' && call.path.endsWith('/shipments');
}
