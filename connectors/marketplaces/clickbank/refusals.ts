import { Failure } from '../../../domain/failures.js';
import type { ClickbankCall, Role, Send } from './calls.js';

export interface RefusalContext {
  send: Send;
  /** Nobody calls for this account for so long; the next call waits in the limiter. */
  pause: (milliseconds: number) => Promise<void>;
  /** Refusals in a row before this one. */
  refusals: number;
  connection: string;
}

/**
 * After the first a spent second is over, after the second a busier neighbour on the same address has likely calmed
 * down. Both are shorter than the 4 s that live calls queue in the limiter.
 */
const firstPauseMs = 1_500;
const secondPauseMs = 3_000;

/**
 * ClickBank answers 403 to a bad key, a missing role, an unknown or foreign receipt and an exceeded rate alike
 * (reference/clickbank.md §1). `debug` needs a key but no role, which tells them apart in at most three more calls,
 * spaced so that a spent second cannot be the cause:
 *
 * | debug | its roles | the same read once more | cause |
 * |---|---|---|---|
 * | refused, then answered | – | – | rate_limited |
 * | refused twice | – | – | credentials_refused |
 * | answered | lack the one needed | not asked | permission_missing |
 * | answered | any | answered, and we were reading | rate_limited: it was a burst |
 * | answered | hold write | answered, and we were writing | rate_limited: it was a burst |
 * | answered | not shown | answered, and we were writing | permission_missing: reads work, the write does not |
 * | answered | any | refused, about a receipt | not_found, or writeback_refused when writing |
 * | answered | hold read | refused, a list | permission_missing: a service granted by itself (shipping3) |
 * | answered | not shown | refused, a list | permission_missing |
 *
 * A day's quota spent by other tools on the account looks like a bad key; the message says so.
 */
export async function explainRefusal(context: RefusalContext, call: ClickbankCall): Promise<Failure> {
  await context.pause(firstPauseMs);
  let key = await askKey(context.send);
  if (!key.alive) {
    await context.pause(secondPauseMs);
    key = await askKey(context.send);
    return key.alive ? limited(context) : credentialsRefused(context);
  }
  if (key.roles && !key.roles.has(call.role)) return permissionMissing(call);
  const repeat = await context.send({
    ...call,
    method: 'GET',
    lane: 'live',
    query: call.method === 'POST' ? {} : call.query,
  });
  if (!refused(repeat.status)) {
    const writeUnproven = call.method === 'POST' && key.roles === null;
    return writeUnproven ? permissionMissing(call) : limited(context);
  }
  return call.receipt === null ? permissionMissing(call) : unknownReceipt(call, call.receipt);
}

const refused = (status: number) => status === 401 || status === 403;

async function askKey(send: Send): Promise<{ alive: false } | { alive: true; roles: Set<string> | null }> {
  const answer = await send({ method: 'GET', path: 'debug', query: {}, lane: 'live' });
  return refused(answer.status) ? { alive: false } : { alive: true, roles: rolesIn(answer.text) };
}

/** The roles `debug` prints, null where it prints none. Its text echoes the key: it goes nowhere else. */
export function rolesIn(debugText: string): Set<string> | null {
  const roles = (debugText.match(/\bapi_[a-z_]+\b/gi) ?? []).map((role) => role.toLowerCase());
  return roles.length > 0 ? new Set(roles) : null;
}

/** 5 s, then twice as long with each refusal in a row, up to five minutes. */
function limited(context: RefusalContext): Failure {
  const retryAfterMs = Math.min(5_000 * 2 ** Math.min(context.refusals, 10), 300_000);
  return new Failure('rate_limited', 'ClickBank refused a call that it allows at a calmer pace.', {}, { retryAfterMs });
}

function credentialsRefused(context: RefusalContext): Failure {
  return new Failure(
    'credentials_refused',
    'ClickBank refused the key, also after a pause. It is wrong, regenerated or switched off, or other tools have ' +
      "spent the account's 25,000 calls of the day.",
    { connection: context.connection },
  );
}

/** As ClickBank's settings page calls them. */
export const permissionNames: Record<Role, string> = {
  api_order_read: 'Orders/Tickets Read',
  api_order_write: 'Orders/Tickets Read/Write',
};

function permissionMissing(call: ClickbankCall): Failure {
  const permission = permissionNames[call.role];
  return new Failure(
    'permission_missing',
    `The key lacks "${permission}" for ${call.path.split('/')[0]}: ${call.step} fails without it.`,
    { permission, path: call.path },
  );
}

function unknownReceipt(call: ClickbankCall, receipt: string): Failure {
  return new Failure(
    call.method === 'POST' ? 'writeback_refused' : 'not_found',
    `ClickBank does not know receipt ${receipt} in the accounts of this key: ${call.step} is refused.`,
    { receipt },
  );
}
