import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ZodType } from 'zod';
import { routes } from '../../api/routes.js';
import { runCli } from '../../cli/run.js';
import { environment } from '../../worker/configuration.js';
import { readPages, root, type Page } from './pages.js';

const pages = readPages();
const texts = new Map(pages.map((page) => [page.path, page.text]));

/** Read by `waybill up`, by docker-compose.yml and by the command line, never by the API or the worker. */
const otherVariables = [
  ...['WAYBILL_SANDBOX', 'WAYBILL_DATA_DIR', 'WAYBILL_CACHE_DIR'],
  ...['POSTGRES_PASSWORD', 'TEMPORAL_CODEC_ENDPOINT'],
  ...['WAYBILL_URL', 'WAYBILL_API_KEY'],
];

function found<T>(search: (page: Page) => T[]): (T & { page: string })[] {
  return pages.flatMap((page) => search(page).map((each) => ({ ...each, page: page.path })));
}

describe('README and docs', () => {
  it('name only environment variables that are read', () => {
    const known = [...Object.keys(environment.shape), ...otherVariables];
    const variable = /\b(?:WAYBILL|TEMPORAL|POSTGRES|METRICS|DATABASE|LOG)_[A-Z_]*[A-Z]\b/g;
    const named = found(({ text }) => [...text.matchAll(variable)].map(([name]) => ({ name })));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ name }) => !known.some((each) => each === name || each.startsWith(`${name}_`)))).toEqual([]);
  });

  it('link only to what is there', () => {
    const links = found(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map((match) => {
        const target = match[1] === '' ? path : join(dirname(path), match[1]!).replaceAll('\\', '/');
        return { target, heading: match[2] ?? null };
      }),
    );
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter(({ target }) => !existsSync(`${root}${target}`))).toEqual([]);
    expect(links.filter(({ target, heading }) => heading && !headings(target).includes(heading))).toEqual([]);
  });

  it('name only files of ours that are there', () => {
    // docs/requirements.md is held to the tests by scripts/check-requirements.mjs.
    const ours = pages.filter((page) => page.path !== 'docs/requirements.md');
    const files = ours.flatMap(({ path, code }) =>
      code.flatMap((span) =>
        [...span.matchAll(/^(?:[a-z]+\/)+[\w./-]+\.(?:ts|mjs|cjs|sql|yml|sh|json|md)$/g)].map(([file]) => ({
          page: path,
          file: file.startsWith('decisions/') ? join(dirname(path), file) : file,
        })),
      ),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(files.filter(({ file }) => !existsSync(`${root}${file}`))).toEqual([]);
  });

  it('name only commands and options that the command line has', async () => {
    const mentions = found(({ code }) =>
      code.flatMap((span) =>
        [...span.matchAll(/(?:^|[ (])(?:waybill|node dist\/cli\/waybill\.js) ([a-z][^|)]*)/g)].map((match) => ({
          words: match[1]!.split(' #')[0]!.trim().split(/\s+/),
        })),
      ),
    );
    expect(mentions.length).toBeGreaterThan(30);
    for (const { page, words } of mentions) {
      const { path, help } = await helpOf(words);
      expect({ page, words, isCommand: path.length > 0 }).toMatchObject({ isCommand: true });
      const options = words.filter((word) => word.startsWith('--'));
      expect({ page, words, unknown: options.filter((option) => !help.includes(`${option} `)) }).toMatchObject({
        unknown: [],
      });
    }
  });

  it('name only calls that the API answers, with bodies that it takes', () => {
    const calls = found(({ code }) =>
      code.flatMap((span) =>
        [...span.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) "?(\/[^\s"`]+)"?(?: -d '([^]*)')?/g)].map((match) => ({
          method: match[1]!.toLowerCase(),
          path: match[2]!,
          body: match[3],
        })),
      ),
    );
    expect(calls.length).toBeGreaterThan(40);
    expect(calls.filter((call) => !routeOf(call))).toEqual([]);
    expect(calls.filter((call) => call.body !== undefined).length).toBeGreaterThan(10);
    expect(calls.flatMap((call) => badFields(call))).toEqual([]);
  });
});

/** As GitHub makes anchors of headings. */
function headings(path: string): string[] {
  const found = [...(texts.get(path) ?? '').matchAll(/^#+ (.+)$/gm)];
  return found.map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** Follows the words down the tree of commands as far as they name one; an empty path where a name is unknown. */
async function helpOf(words: string[]): Promise<{ path: string[]; help: string }> {
  const path: string[] = [];
  let help = await printed(['--help']);
  for (const word of words) {
    const below = subcommands(help);
    if (below.length === 0) break;
    // "waybill keys …": the group itself is meant.
    if (word === '…' || (path.length > 0 && !/^[a-z]/.test(word))) break;
    if (!below.includes(word)) return { path: [], help };
    path.push(word);
    help = await printed([...path, '--help']);
  }
  return { path, help };
}

async function printed(args: string[]): Promise<string> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  await runCli(args, { env: {}, out: say, err: say });
  return lines.join('\n');
}

function subcommands(help: string): string[] {
  const listed = /^Commands:\n([^]*)/m.exec(help)?.[1] ?? '';
  return [...listed.matchAll(/^ {2}([a-z][\w-]*)/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
}

/** Variables and placeholders in an address stand for anything. */
function routeOf(call: { method: string; path: string }) {
  const asked = call.path.split('?')[0]!.split('/');
  return routes.find((route) => {
    const own = route.path.split('/');
    const same = own.every((part, at) => part.startsWith('{') || part === asked[at]);
    return route.method === call.method && own.length === asked.length && same;
  });
}

/** What the route's own schema says of an example; ellipses and variables are texts to it. */
function badFields(call: { method: string; path: string; body: string | undefined; page: string }): unknown[] {
  const schema: ZodType | undefined = routeOf(call)?.body;
  if (call.body === undefined || !schema) return [];
  const result = schema.safeParse(JSON.parse(call.body.replaceAll(/'\$\w+'/g, 'id')));
  return result.success ? [] : [{ page: call.page, path: call.path, problem: result.error.message }];
}
