import { Failure } from '../../../domain/failures.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { HttpAnswer } from '../../http.js';
import { createAccessToken } from './access-token.js';
import { readEnvelope, vendorText } from './answers.js';
import type { Credentials } from './configuration.js';
import { isMutation, type Ask, type Operation, type Shopify } from './operation.js';
import { createPoints } from './points.js';
import { refusedByErrors, refusedBySearch, refusedByStatus } from './refusals.js';
import { memoryOf } from './shop-memory.js';

/** Supported until 2027-10-01 (reference/shopify.md §1). */
export const apiVersion = '2026-10';

export interface Client {
  call: Shopify;
  /** The version that really answered last: a retired one "falls forward" to another (§1). Null before any answer. */
  answeredVersion(): string | null;
}

export function createClient(options: ConnectOptions<{ perSecond: number }>, saved: Credentials): Client {
  const { shop } = saved;
  const baseUrl = (options.baseUrl ?? `https://${shop}`).replace(/\/+$/, '');
  if (!URL.canParse(baseUrl))
    throw new Failure('address_blocked', 'The base URL of the Shopify connection is not a URL.');
  const url = new URL(`${baseUrl}/admin/api/${apiVersion}/graphql.json`);
  const token = createAccessToken({ ...options, baseUrl }, saved);
  const points = createPoints(options.limiter, shop, memoryOf(options.connectionId), options.limits);
  let version: string | null = null;

  const post = (accessToken: string, body: string, write: boolean): Promise<HttpAnswer> =>
    options.http({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'x-shopify-access-token': accessToken,
      },
      body,
      write,
    });

  /** A token that another process renewed since is used once; any other 401 is final. */
  const send = async (body: string, write: boolean): Promise<HttpAnswer> => {
    const accessToken = await token.present();
    const answer = await post(accessToken, body, write);
    if (answer.status !== 401) return answer;
    const newer = await token.replaced(accessToken);
    return newer === null ? answer : post(newer, body, write);
  };

  const call = async <Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown>,
    ask: Ask,
  ): Promise<Data> => {
    const write = isMutation(operation);
    const taken = await points.take(operation, ask.lane);
    const answer = await send(JSON.stringify({ query: operation.text, variables }), write);
    version = answer.headers['x-shopify-api-version'] ?? version;
    const envelope = readEnvelope(answer);
    const said = vendorText(envelope?.errors[0]?.message ?? '');
    const refused = refusedByStatus(shop, answer, said, ask);
    if (refused) throw refused;
    if (!envelope) throw notUnderstood('is no GraphQL', ask, write);
    if (envelope.errors.some((each) => each.extensions?.code === 'THROTTLED'))
      throw await points.throttled(envelope.extensions?.cost);
    await points.settle(operation, taken, envelope);
    const failed = refusedByErrors(shop, envelope, ask, write) ?? refusedBySearch(shop, envelope, ask);
    if (failed) throw failed;
    const data = operation.data.safeParse(envelope.data);
    if (data.success) return data.data;
    throw notUnderstood(`lacks ${data.error.issues[0]?.path.join('.') || 'its data'}`, ask, write);
  };
  return { call, answeredVersion: () => version };
}

function notUnderstood(why: string, ask: Ask, write: boolean): Failure {
  return new Failure(
    write ? 'outcome_unknown' : 'answer_malformed',
    `Shopify's answer to ${ask.step} ${why}.`,
    ask.about ?? {},
  );
}
