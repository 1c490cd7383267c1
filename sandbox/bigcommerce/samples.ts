import type { Life } from './life.js';
import type { OrderSpec } from './orders.js';
import type { SandboxOrder, SandboxPerson, SandboxState } from './state.js';

/** Invented people and goods. */
const firstNames = ['Ann', 'Ben', 'Cleo', 'Dan', 'Eva', 'Finn', 'Gia', 'Hal'];
const lastNames = ['Sample', 'Muster', 'Placeholder', 'Example', 'Fiction'];
const places: Partial<SandboxPerson>[] = [
  { city: 'Boise', state: 'Idaho', country: 'United States', country_iso2: 'US', zip: '83702' },
  { city: 'Toronto', state: 'Ontario', country: 'Canada', country_iso2: 'CA', zip: 'M5H 2N2' },
  { city: 'Leeds', state: '', country: 'United Kingdom', country_iso2: 'GB', zip: 'LS1 1UR' },
];
const products = [
  { sku: 'kit-1', name: 'Starter Kit', price: '49.9500' },
  { sku: 'tea-30', name: 'Garden Tea, 30 bags', price: '18.5000' },
  { sku: 'book-7', name: 'The Small Garden, printed', price: '27.0000' },
];
const methods = ['Standard Shipping', 'Express Shipping'];

export type SampleKind =
  'plain' | 'two_addresses' | 'digital' | 'pickup' | 'set' | 'incomplete' | 'cancelled' | 'no_sku';
/** Two of three are plain. */
const mixture: SampleKind[] = [
  ...['plain', 'plain', 'two_addresses', 'plain', 'plain', 'set', 'plain', 'plain', 'digital'],
  ...['plain', 'plain', 'incomplete', 'plain', 'plain', 'cancelled', 'plain', 'plain', 'pickup'],
] as SampleKind[];

/** Sells `count` orders of one kind or of the mixture, placed in the last hour. */
export function addSamples(state: SandboxState, life: Life, count: number, kind?: SampleKind): SandboxOrder[] {
  return Array.from({ length: count }, (_, index) =>
    life.sell(sample(state, kind ?? mixture[index % mixture.length]!)),
  );
}

function sample(state: SandboxState, kind: SampleKind): OrderSpec {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(state.random() * from.length)]!;
  const person = (): Partial<SandboxPerson> => {
    const [first, last] = [pick(firstNames), pick(lastNames)];
    return { first_name: first, last_name: last, email: `${first.toLowerCase()}@example.com`, ...pick(places) };
  };
  const line = () => ({ ...pick(products), quantity: 1 + Math.floor(state.random() * 2) });
  const buyer = person();
  const at = new Date(state.now().getTime() - Math.floor(state.random() * 3_600_000)).toISOString();
  const plain: OrderSpec = {
    createdAt: at,
    modifiedAt: state.now().toISOString(),
    billing: buyer,
    addresses: [{ person: buyer, method: pick(methods) }],
    lines: [line()],
  };
  switch (kind) {
    case 'plain':
      return plain;
    case 'two_addresses':
      return {
        ...plain,
        addresses: [...plain.addresses!, { person: person(), method: pick(methods) }],
        lines: [line(), { ...line(), to: 1 }],
      };
    case 'digital':
      return {
        ...plain,
        addresses: [],
        lines: [{ sku: 'pdf-1', name: 'Garden Guide (PDF)', type: 'digital', to: null }],
      };
    case 'pickup':
      return { ...plain, addresses: [], statusId: 8, lines: [{ ...line(), to: null, pickupMethodId: 1 }] };
    case 'set':
      return {
        ...plain,
        lines: [
          { sku: 'set-1', name: 'Garden Set', price: '60.0000' },
          { ...products[0]!, price: '0.0000', pickOf: 0 },
          { ...products[1]!, price: '0.0000', pickOf: 0 },
        ],
      };
    case 'incomplete':
      return { ...plain, statusId: 0, paymentStatus: '' };
    case 'cancelled':
      return { ...plain, statusId: 5 };
    case 'no_sku':
      return { ...plain, lines: [{ ...line(), sku: '' }] };
  }
}
