import type { StandIn } from '../stand-in.js';
import { addSamples, type SampleKind } from './samples.js';
import {
  addOrder,
  type OrderSpec,
  type SandboxKey,
  type SandboxLine,
  type SandboxSettings,
  type SandboxState,
} from './state.js';

/** What a person or a test does to the sandbox from outside: nothing of this exists at ClickBank. */
export function addAdminRoutes(standIn: StandIn, state: SandboxState): void {
  const { app } = standIn;
  app.post('/_sandbox/orders', (request, response) => {
    const orders = (request.body as OrderSpec[]).map((spec) => addOrder(state, spec));
    response.status(201).json(orders);
  });
  app.post('/_sandbox/samples', (request, response) => {
    const { count, kind } = request.body as { count: number; kind?: SampleKind };
    response.status(201).json(addSamples(state, count, kind));
  });
  app.patch('/_sandbox/orders/:receipt/lines/:itemNo', (request, response) => {
    const order = state.orders.find((each) => each.receipt === request.params.receipt);
    const line = order?.lines.find((each) => each.itemNo === request.params.itemNo);
    if (!line) return void response.status(404).end();
    Object.assign(line, request.body as Partial<SandboxLine>);
    response.json(order);
  });
  app.put('/_sandbox/keys', (request, response) => {
    state.keys = request.body as SandboxKey[];
    response.status(204).end();
  });
  app.patch('/_sandbox/settings', (request, response) => {
    Object.assign(state.settings, request.body as Partial<SandboxSettings>);
    response.json(state.settings);
  });
  app.get('/_sandbox/ledger', (_request, response) => void response.json(ledgerOf(state)));
}

export type Ledger = Pick<SandboxState, 'orders' | 'notices' | 'mails'>;

/** The truth of what was written: a copy, so that a test can compare two of them. */
export function ledgerOf(state: SandboxState): Ledger {
  return structuredClone({ orders: state.orders, notices: state.notices, mails: state.mails });
}
