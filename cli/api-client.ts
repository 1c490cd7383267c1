import { dataDirectory, readLastUp } from './data-directory.js';
import { CliError } from './terminal.js';

/** Waybill's own HTTP API, as the commands call it. */
export interface Api {
  /** @throws CliError with what the API said is wrong */
  call<Answer>(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Walks pages until so many items are there; `more` says whether there are others. */
  list<Item>(path: string, query: Record<string, string>, limit?: number): Promise<{ items: Item[]; more: boolean }>;
}

export interface ApiAddress {
  url: string;
  key: string;
}

/** Where the API is: by option, by WAYBILL_URL and WAYBILL_API_KEY, or as the last `waybill up` here left it. */
export async function findApi(env: NodeJS.ProcessEnv, options: { url?: string; key?: string }): Promise<ApiAddress> {
  const last = await readLastUp(dataDirectory(env));
  const url = options.url || env['WAYBILL_URL'] || last?.url;
  if (!url)
    throw new CliError(
      'It is not known where the API is.',
      'Set WAYBILL_URL or give --url, or run the command in the folder where `npm start` runs.',
    );
  // The key of another installation must not be sent to this one.
  const key = options.key || env['WAYBILL_API_KEY'] || (url === last?.url ? last.apiKey : null);
  if (!key) throw new CliError(`There is no API key for ${url}.`, makeKey);
  return { url: url.replace(/\/$/, ''), key };
}

const makeKey = 'Set WAYBILL_API_KEY or give --key; `waybill keys create` makes one.';

export function createApiClient({ url, key }: ApiAddress): Api {
  const call = async <Answer>(method: string, path: string, body?: unknown) =>
    (await send(url, key, method, path, body)) as Answer;
  return {
    call,
    async list<Item>(path: string, query: Record<string, string>, limit = Infinity) {
      const items: Item[] = [];
      let cursor: string | null = null;
      do {
        const search = new URLSearchParams({ ...query, limit: String(Math.min(200, limit - items.length)) });
        if (cursor !== null) search.set('cursor', cursor);
        const page: { items: Item[]; nextCursor: string | null } = await call('GET', `${path}?${search.toString()}`);
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < limit);
      return { items, more: cursor !== null };
    },
  };
}

async function send(url: string, key: string, method: string, path: string, body: unknown): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (error) {
    throw new CliError(`The API at ${url} does not answer (${reason(error)}).`, 'Is it running? See WAYBILL_URL.');
  }
  const json = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  if (response.ok) return text === '' ? null : json ? (JSON.parse(text) as unknown) : text;
  if (!json) throw new CliError(`${url} answered ${response.status}, and not as Waybill does.`, 'See WAYBILL_URL.');
  throw problem(JSON.parse(text) as ProblemAnswer, url);
}

function reason(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string }; message: string };
  return cause?.code ?? message;
}

/** RFC 9457, as api/problems.ts writes it. */
interface ProblemAnswer {
  status: number;
  detail: string;
  instance: string;
  errors?: { pointer: string; detail: string }[];
  cause?: { fix: string };
}

/** One sentence, and what to do where we know it. */
function problem(answer: ProblemAnswer, url: string): CliError {
  const others = (answer.errors ?? []).slice(1).map((each) => `${each.pointer} ${each.detail}`);
  const sentence = [answer.detail.replace(/ \(and \d+ more, see errors\)/, ''), ...others].join(' ');
  if (answer.status === 401) return new CliError(`${url} refuses the key: ${sentence}`, makeKey);
  if (answer.status >= 500) return new CliError(`${sentence} (request ${answer.instance})`, answer.cause?.fix ?? null);
  return new CliError(sentence, answer.cause?.fix ?? null);
}
