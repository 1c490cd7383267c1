import type { z } from 'zod';
import { Failure } from '../../../domain/failures.js';
import type { ConnectOptions } from '../../connect-options.js';
import type { HttpAnswer, HttpCall } from '../../http.js';
import { jsonOf } from './answers.js';
import type { Bigcommerce, BigcommerceCall } from './calls.js';
import type { Credentials } from './configuration.js';
import { quotaOf } from './quota.js';
import { refusal } from './refusals.js';

type ClientOptions = Pick<ConnectOptions<{ perSecond: number }>, 'baseUrl' | 'http' | 'limiter' | 'limits'> & {
  credentials: Credentials;
};

export function createClient(options: ClientOptions): Bigcommerce {
  const base = options.baseUrl ?? 'https://api.bigcommerce.com';
  if (!URL.canParse(base))
    throw new Failure('address_blocked', 'The base URL of the BigCommerce connection is not a URL.');
  const { storeHash, accessToken } = options.credentials;
  const root = `${base.replace(/\/+$/, '')}/stores/${storeHash}/`;
  const quota = quotaOf(options.limiter, storeHash, options.limits?.perSecond);
  const send = async (call: BigcommerceCall): Promise<HttpAnswer> => {
    await quota.take(call.lane ?? 'live');
    try {
      const answer = await options.http(httpCall(root, accessToken, call));
      await quota.heed(answer);
      return answer;
    } catch (error) {
      if (!(error instanceof Failure) || error.code !== 'rate_limited') throw error;
      const retryAfterMs = await quota.pause(error.retryAfterMs);
      throw new Failure('rate_limited', error.message, error.about, { retryAfterMs });
    }
  };
  return async (call, schema) => read(call, await send(call), accessToken, schema);
}

/** JSON is asked for: without it V2 may answer XML, or 406 (reference/bigcommerce.md §1). */
function httpCall(root: string, accessToken: string, call: BigcommerceCall): HttpCall {
  const url = new URL(root + call.path);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  return {
    method: call.method,
    url,
    headers: {
      'x-auth-token': accessToken,
      accept: 'application/json',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    write: call.method !== 'GET',
  };
}

function read<Answer extends z.ZodType>(
  call: BigcommerceCall,
  answer: HttpAnswer,
  accessToken: string,
  schema: Answer,
): z.infer<Answer> {
  if (answer.status >= 400) throw refusal(call, answer, accessToken);
  const parsed = schema.safeParse(jsonOf(answer));
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path.join('.') || 'body';
  throw new Failure(
    call.method === 'GET' ? 'answer_malformed' : 'outcome_unknown',
    `BigCommerce's answer to ${call.step} cannot be understood (${field}).`,
    { path: call.path, ...call.about },
  );
}
