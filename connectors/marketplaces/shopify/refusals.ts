import { Failure } from '../../../domain/failures.js';
import type { HttpAnswer } from '../../http.js';
import { vendorText, type Envelope, type GraphqlError } from './answers.js';
import type { Ask } from './operation.js';

/**
 * What Shopify's front door answers before it looks at a query. 402, 404 and 423 are as developers know them, no page
 * of Shopify lists them (reference/shopify.md §7).
 */
export function refusedByStatus(shop: string, answer: HttpAnswer, said: string, ask: Ask): Failure | null {
  const about = { ...ask.about, shop, status: String(answer.status) };
  const because = (why: string) => `Shopify refused ${ask.step} for ${shop}: ${why} (${answer.status}).`;
  switch (answer.status) {
    case 200:
      return null;
    case 401:
      return new Failure(
        'credentials_refused',
        because('the access token is revoked, expired or of another shop; the app may be uninstalled'),
        about,
      );
    case 402:
      return new Failure('request_rejected', because('the shop is frozen until its owner pays Shopify'), about);
    case 403:
      return new Failure('permission_missing', because(`the app may not do this, ${said}`), about);
    case 404:
      return new Failure('not_found', because('there is no shop of this name'), about);
    case 423:
      return new Failure('request_rejected', because('the shop is locked; its owner has to ask Shopify'), about);
    default:
      return new Failure('request_rejected', because(said), about);
  }
}

/**
 * What is wrong with a 200 (reference/shopify.md §7, Error layers). Data beside errors is only a part of what was
 * asked, and a null in it may be a refusal: it is never used.
 */
export function refusedByErrors(shop: string, { errors }: Envelope, ask: Ask, write: boolean): Failure | null {
  const [first] = errors;
  if (!first) return null;
  const denied = errors.filter((each) => each.extensions?.code === 'ACCESS_DENIED');
  if (denied.length > 0) return accessDenied(denied, ask);
  const code = first.extensions?.code ?? '';
  const said = vendorText(first.message);
  const about = { ...ask.about, shop, ...(code && { code }) };
  if (code === 'SHOP_INACTIVE') return new Failure('request_rejected', `The shop ${shop} is closed: ${said}.`, about);
  if (code === 'INTERNAL_SERVER_ERROR' || code === 'TIMEOUT')
    return new Failure(write ? 'outcome_unknown' : 'unavailable', `Shopify failed at ${ask.step}: ${said}.`, about);
  return new Failure('request_rejected', `Shopify refused ${ask.step}: ${said}.`, about);
}

/**
 * A term of a search that Shopify does not take is no error there: it is left out, told beside the data, and the list
 * holds what was not asked for. Such a list is never used.
 */
export function refusedBySearch(shop: string, { extensions }: Envelope, ask: Ask): Failure | null {
  const warnings = (extensions?.search ?? []).flatMap((each) => each.warnings);
  const [first] = warnings;
  if (!first) return null;
  const fields = [...new Set(warnings.map((each) => each.field))].join(', ');
  return new Failure(
    'answer_malformed',
    `Shopify left the search term ${fields} out of ${ask.step}: ${vendorText(first.message)}. Its list is not used.`,
    { ...ask.about, shop, field: fields },
  );
}

/** Names field and scope, so that a person knows what to tick; `requiredAccess` is Shopify's own text. */
function accessDenied(denied: GraphqlError[], ask: Ask): Failure {
  const fields = [...new Set(denied.map((each) => each.path?.join('.') ?? 'an unnamed field'))].join(', ');
  const needed = denied.map(
    (each) => each.extensions?.requiredAccess ?? /Required access: (.*)$/.exec(each.message)?.[1],
  );
  const scopes = [...new Set(needed.flatMap((text) => text?.match(/`\w+`/g) ?? []))].map((each) => each.slice(1, -1));
  const permission = scopes.join(' or ') || vendorText(denied[0]!.message);
  return new Failure('permission_missing', `The app lacks ${permission} for ${fields}: ${ask.step} fails without it.`, {
    ...ask.about,
    permission,
    field: fields,
  });
}
