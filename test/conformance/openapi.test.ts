import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exchange } from './exchange.js';
import { openApi } from './openapi.js';
import { xmlSchema } from './xsd.js';

const folder = mkdtempSync(join(tmpdir(), 'waybill-conformance-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('an OpenAPI document', () => {
  const specification = openApi([
    {
      file: file(
        'shop.yml',
        `
openapi: 3.0.0
security: [{ token: [] }]
paths:
  /orders/{id}:
    get:
      parameters:
        - { name: fields, in: query, schema: { type: array, items: { type: string, enum: [id, total] } } }
        - { name: limit, in: query, schema: { type: integer, maximum: 10 } }
      responses:
        '200':
          content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } }
  /orders:
    post:
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/NewOrder' } } }
      responses:
        '204': { description: none }
components:
  securitySchemes: { token: { type: apiKey, in: header, name: X-Token } }
  schemas:
    NewOrder:
      type: object
      additionalProperties: false
      required: [sku]
      properties: { sku: { type: string }, note: { type: string, nullable: true } }
    Order:
      allOf: [{ $ref: '#/components/schemas/NewOrder' }]
      properties: { id: { type: integer } }
`,
      ),
    },
  ]);

  const problems = (
    call: { method?: 'GET' | 'POST'; path: string; body?: object; headers?: object },
    answer: { status?: number; body?: object } = {},
  ) => {
    const exchange: Exchange = {
      call: {
        ...{ method: call.method ?? 'GET', url: new URL(call.path, 'http://127.0.0.1'), write: false },
        headers: { 'x-token': 't', ...(call.body && { 'content-type': 'application/json' }), ...call.headers },
        ...(call.body && { body: JSON.stringify(call.body) }),
      },
      answer: {
        ...{ status: answer.status ?? 200, text: answer.body ? JSON.stringify(answer.body) : '' },
        headers: answer.body ? { 'content-type': 'application/json; charset=utf-8' } : {},
      },
    };
    return specification.check(exchange).violations.map((each) => `${each.of}: ${each.problem}`);
  };
  const post = (body: object, status = 204) => problems({ method: 'POST', path: '/orders', body }, { status });

  it('finds nothing wrong with what it describes', () => {
    expect(problems({ path: '/orders/1?fields=id,total&limit=5' }, { body: { sku: 'A', note: null, id: 1 } })).toEqual(
      [],
    );
    expect(post({ sku: 'A' })).toEqual([]);
  });

  it.each([
    ['a path', () => problems({ path: '/refunds' }), 'request: is no operation'],
    [
      'a query parameter',
      () => problems({ path: '/orders/1?page=2' }),
      'request: the query parameter page is not known',
    ],
    ['a value of one', () => problems({ path: '/orders/1?limit=11' }), 'request: limit: / must be <= 10 ("<=", 10)'],
    ['a member of a list', () => problems({ path: '/orders/1?fields=id,tax' }), expect.stringContaining('fields: /1')],
    [
      'a header',
      () => problems({ path: '/orders/1', headers: { 'x-other': '1' } }),
      'request: the header x-other is not known',
    ],
    ['a field of a body', () => post({ sku: 'A', skew: 'B' }), expect.stringContaining('"skew"')],
    ['a missing field', () => post({}), expect.stringContaining("must have required property 'sku'")],
    ['a status', () => post({ sku: 'A' }, 500), 'answer: the status 500 is not known'],
    [
      'a field of an answer',
      () => problems({ path: '/orders/1' }, { body: { sku: 'A', tax: 1 } }),
      expect.stringContaining('"tax"'),
    ],
    [
      'a type',
      () => problems({ path: '/orders/1' }, { body: { sku: 1 } }),
      expect.stringContaining('answer: 200/sku must be string'),
    ],
  ])('finds %s that it does not know', (_what, found, problem) => {
    expect(found()).toEqual([problem]);
  });
});

it('an XML schema knows the elements of JSON answers and their forms', () => {
  const check = xmlSchema(
    file(
      'Rows.xsd',
      `<xs:schema>
        <xs:element name="row" type="row"/>
        <xs:complexType name="row"><xs:sequence>
          <xs:element name="count" type="xs:int" nillable="true"/>
          <xs:element name="standing" type="standing"/>
          <xs:element name="part" type="part" maxOccurs="unbounded"/>
        </xs:sequence></xs:complexType>
        <xs:complexType name="part"><xs:sequence><xs:element name="sku" type="xs:string"/></xs:sequence></xs:complexType>
        <xs:simpleType name="standing"><xs:restriction base="xs:string"><xs:enumeration value="OPEN"/></xs:restriction></xs:simpleType>
      </xs:schema>`,
    ),
  );
  const nil = { '@nil': 'true' };
  expect(check('row', { count: '1', standing: 'OPEN', part: [{ sku: 'A' }, { sku: 'B' }] })).toEqual([]);
  expect(check('row', [{ count: nil, part: { sku: 'A' } }])).toEqual([]);
  expect(check('other', {})).toEqual(['other is not known']);
  expect(check('row', { count: 'many' })).toEqual(['row/0/count is no xs:int: "many"']);
  expect(check('row', { standing: 'SHUT' })).toEqual(['row/0/standing is no standing: "SHUT"']);
  expect(check('row', { standing: nil })).toEqual(['row/0/standing may not be nil']);
  expect(check('row', { part: { sku: 'A', skew: 'B' } })).toEqual(['row/0/part/skew is not known']);
  expect(check('row', { count: ['1', '2'] })).toEqual(['row/0/count is a list']);
});
