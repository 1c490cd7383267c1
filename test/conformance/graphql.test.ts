import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphQl } from './graphql.js';

const folder = mkdtempSync(join(tmpdir(), 'waybill-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const path = '/admin/graphql.json';
const specification = graphQl({
  schema: file(
    'shop.graphql',
    `schema { query: QueryRoot }
     type QueryRoot { order(id: ID!): Order, node(id: ID!): Node, payout: Payout, refunds: Int }
     interface Node { id: ID! }
     type Order implements Node { id: ID!, total: Int!, note: String }
     type Payout { amount: Int! }`,
  ),
  access: file(
    'access.json',
    JSON.stringify({
      queries: { refunds: 'Requires `read_refunds` access scope.', order: '`read_orders` access scope.' },
      mutations: {},
      types: { Payout: 'Any of `read_payouts`, `read_finances` access scopes.' },
    }),
  ),
  path,
  scopes: ['write_orders'],
});

interface Said {
  query?: string;
  variables?: object;
  data?: unknown;
  errors?: unknown;
  status?: number;
  path?: string;
  headers?: Record<string, string>;
}

const query = 'query order($id: ID!) { one: order(id: $id) { id total note } }';
const order = { id: 'gid://shopify/Order/1', total: 5, note: null };

function problems(said: Said): string[] {
  const body = JSON.stringify({ query: said.query ?? query, variables: said.variables ?? { id: '1' } });
  const answer = { data: 'data' in said ? said.data : { one: order }, errors: said.errors, extensions: {} };
  const { violations } = specification.check({
    call: {
      ...{ method: 'POST', url: new URL(said.path ?? path, 'http://127.0.0.1'), body, write: false },
      headers: said.headers ?? { 'content-type': 'application/json', 'x-shopify-access-token': 't' },
    },
    answer: { status: said.status ?? 200, headers: {}, text: JSON.stringify(answer) },
  });
  return violations.map((each) => `${each.of}: ${each.problem}`);
}

it('finds nothing wrong with what the schema knows, aliases, errors and other types by their id included', () => {
  expect(problems({})).toEqual([]);
  expect(problems({ data: null, errors: [{ message: 'Throttled' }] })).toEqual([]);
  const node = 'query node($id: ID!) { node(id: $id) { id ... on Order { total } } }';
  expect(problems({ query: node, data: { node: { id: order.id, total: 5 } } })).toEqual([]);
});

it.each([
  ['a path', { path: '/admin/other.json' }, 'request: is no operation'],
  ['a field', { query: 'query q { order(id: "1") { tax } }', variables: {} }, 'request: Cannot query field "tax"'],
  ['a variable', { variables: { id: '1', other: 2 } }, 'request: the variable other is not known'],
  ['a missing variable', { variables: {} }, 'request: Variable "$id" of required type "ID!" was not provided'],
  [
    'a missing header',
    { headers: { 'content-type': 'application/json' } },
    'request: the header x-shopify-access-token',
  ],
  [
    'a scope of a root field',
    { query: 'query q { refunds }', variables: {} },
    'request: refunds: Requires `read_refunds`',
  ],
  ['a scope of a type', { query: 'query q { payout { amount } }', variables: {} }, 'request: Payout: Any of'],
  ['a missing field', { data: { one: { id: '1', total: 5 } } }, 'answer: Order.note is missing'],
  ['a field too many', { data: { one: { ...order, tax: 1 } } }, 'answer: data are not what the operation selects'],
  ['a type', { data: { one: { ...order, total: 'five' } } }, 'answer: Int cannot represent'],
  ['null where there is none', { data: { one: { ...order, total: null } } }, 'answer: Cannot return null'],
  ['a status', { status: 418 }, 'answer: the status 418 is not known'],
  ['an empty answer', { data: undefined }, 'answer: there are neither data nor errors'],
] satisfies [string, Said, string][])('finds %s that is wrong', (_what, said, problem) => {
  expect(problems(said)).toEqual([expect.stringContaining(problem)]);
});
