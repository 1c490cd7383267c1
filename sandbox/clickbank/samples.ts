import { addOrder, type OrderSpec, type SandboxLine, type SandboxOrder, type SandboxState } from './state.js';

/** Invented people and goods. */
const firstNames = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gia', 'Hal'];
const lastNames = ['Sample', 'Muster', 'Placeholder', 'Example', 'Fiction'];
const places = [
  { city: 'Boise', state: 'ID', country: 'US', postalCode: '83702' },
  { city: 'Toronto', state: 'ON', country: 'CA', postalCode: 'M5H 2N2' },
  { city: 'Leeds', state: null, country: 'GB', postalCode: 'LS1 1UR' },
];
const products = [
  { itemNo: 'kit-1', title: 'Starter Kit', amount: '49.95' },
  { itemNo: 'tea-30', title: 'Garden Tea, 30 bags', amount: '18.50' },
  { itemNo: 'book-7', title: 'The Small Garden, printed', amount: '27.00' },
];
const methods = ['Standard Shipping', 'Express Shipping'];

export type SampleKind = 'plain' | 'test' | 'upsell' | 'rebill' | 'refunded' | 'malformed';
/** Two of three are plain; every other kind of receipt comes by once in eighteen. */
const mixture: SampleKind[] = [
  ...['plain', 'plain', 'upsell', 'plain', 'plain', 'rebill', 'plain', 'plain', 'test'],
  ...['plain', 'plain', 'refunded', 'plain', 'plain', 'malformed', 'plain', 'plain', 'plain'],
] as SampleKind[];

/**
 * Adds `count` receipts bought in the last hour, of one kind or of the mixture. An upsell is a second receipt beside
 * the plain one it belongs to, and a rebill one beside its first payment; both of them count.
 */
export function addSamples(state: SandboxState, count: number, kind?: SampleKind): SandboxOrder[] {
  const added: SandboxOrder[] = [];
  for (let index = 0; added.length < count; index++)
    added.push(...sample(state, kind ?? mixture[index % mixture.length]!).slice(0, count - added.length));
  return added;
}

function sample(state: SandboxState, kind: SampleKind): SandboxOrder[] {
  const spec = plain(state);
  const line = spec.lines![0]!;
  switch (kind) {
    case 'plain':
      return [addOrder(state, spec)];
    case 'test':
      return [addOrder(state, { ...spec, test: true })];
    case 'upsell': {
      const first = addOrder(state, spec);
      const lines = [{ ...line, itemNo: 'tea-30', title: 'Garden Tea, 30 bags', lineItemType: 'UPSELL' }];
      return [first, addOrder(state, { ...spec, lines, partOf: first.receipt })];
    }
    case 'rebill': {
      const first = addOrder(state, spec);
      return [first, addOrder(state, { ...spec, type: 'BILL', receipt: `${first.receipt}-B002` })];
    }
    case 'refunded': {
      const at = state.now().toISOString();
      return [addOrder(state, { ...spec, lines: [{ ...line, refunded: true }], laterRows: [{ type: 'RFND', at }] })];
    }
    case 'malformed':
      return [addOrder(state, { ...spec, rawShipping: { lineItemShipData: { itemNo: 'kit-1', quantity: 'two' } } })];
  }
}

function plain(state: SandboxState): OrderSpec {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(state.random() * from.length)]!;
  const [firstName, lastName] = [pick(firstNames), pick(lastNames)];
  const line: Partial<SandboxLine> = {
    ...pick(products),
    quantity: 1 + Math.floor(state.random() * 2),
    shippingMethod: pick(methods),
  };
  return {
    placedAt: new Date(state.now().getTime() - Math.floor(state.random() * 3_600_000)).toISOString(),
    customer: { firstName, lastName, email: `${firstName.toLowerCase()}@example.com`, ...pick(places) },
    lines: [line],
  };
}
