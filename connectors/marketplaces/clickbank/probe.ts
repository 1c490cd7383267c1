import { Failure, type FailureCode } from '../../../domain/failures.js';
import type { PermissionFinding, ProbeReport } from '../../../domain/store.js';
import { rowsOf } from './answers.js';
import type { Clickbank, ClickbankCall } from './calls.js';
import type { Settings } from './configuration.js';
import { addDays, pacificDate } from './pacific.js';
import { isRecord, scalarText } from './quirks.js';
import { permissionNames, rolesIn } from './refusals.js';

export interface ProbeContext {
  call: Clickbank;
  settings: Settings;
  now: () => Date;
}

const debugCall: ClickbankCall = {
  method: 'GET',
  path: 'debug',
  query: {},
  lane: 'live',
  role: 'api_order_read',
  step: 'looking at the key',
  receipt: null,
};

/**
 * Three calls where nothing is wrong: the key's roles, the accounts it opens, and the shipping service. Writing cannot
 * be tried without mailing a customer, so it is granted or missing only where the key's roles say so, else unproven.
 */
export async function probe(context: ProbeContext): Promise<ProbeReport> {
  // `debug` is a help for developers and may go away: without it the roles are merely not shown.
  const debug = await unless('not_found', context.call(debugCall));
  const roles = debug === null ? null : rolesIn(debug.text);
  const readable = roles === null || roles.has('api_order_read');
  const accounts = readable ? await accountsOf(context) : null;
  // Without the right to read, a refusal of the service would say nothing of the service itself.
  const shipping = accounts === null ? 'unproven' : await opensShipping(context);
  return {
    permissions: [
      {
        permission: permissionNames.api_order_read,
        standing: accounts === null ? 'missing' : 'granted',
        neededFor: 'finding orders with their currency and totals',
      },
      shippingFinding(context.settings.shippingService, shipping),
      {
        permission: permissionNames.api_order_write,
        standing: roles === null ? 'unproven' : roles.has('api_order_write') ? 'granted' : 'missing',
        neededFor: 'writing tracking numbers back as ship notices',
      },
    ],
    accounts: accounts ?? [],
    problems: vendorProblems(context.settings.vendor, accounts),
  };
}

function shippingFinding(
  service: Settings['shippingService'],
  standing: PermissionFinding['standing'],
): PermissionFinding {
  const phones = service === 'shipping3';
  return {
    permission: phones ? 'Shipping with phone numbers (shipping3)' : 'Shipping (shipping2)',
    standing,
    neededFor: phones
      ? 'reading delivery addresses with phone numbers; ask ClickBank to grant shipping3, or choose shipping2'
      : 'reading delivery addresses',
  };
}

function vendorProblems(vendor: string | null, accounts: string[] | null): string[] {
  if (vendor === null || accounts === null) return [];
  const listed = accounts.some((each) => each.toLowerCase() === vendor.toLowerCase());
  const seen = accounts.length > 0 ? accounts.join(', ') : 'none';
  return listed ? [] : [`The key does not open the account "${vendor}". Accounts it opens: ${seen}.`];
}

async function accountsOf(context: ProbeContext): Promise<string[] | null> {
  const answer = await unless(
    'permission_missing',
    context.call({ ...debugCall, path: 'quickstats/accounts', step: 'reading orders' }),
  );
  if (answer === null) return null;
  return rowsOf(answer, ['accountData']).rows.flatMap((row) =>
    isRecord(row) ? (scalarText(row.nickName)?.trim() ?? []) : [],
  );
}

/** A count of one day moves the least data. */
async function opensShipping(context: ProbeContext): Promise<'granted' | 'missing'> {
  const today = pacificDate(context.now());
  const answer = await unless(
    'permission_missing',
    context.call({
      ...debugCall,
      path: `${context.settings.shippingService}/count`,
      query: { status: 'notshipped', startDate: addDays(today, -1), endDate: today },
      step: 'reading delivery addresses',
    }),
  );
  return answer === null ? 'missing' : 'granted';
}

async function unless<T>(code: FailureCode, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Failure && error.code === code) return null;
    throw error;
  }
}
