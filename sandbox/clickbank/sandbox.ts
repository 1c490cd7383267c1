import { createStandIn, type StandIn } from '../stand-in.js';
import { limitRates } from './access.js';
import { addAdminRoutes, ledgerOf, type Ledger } from './admin-routes.js';
import { addNoticeRoutes } from './notice-routes.js';
import { addOrderRoutes } from './order-routes.js';
import { addSamples, type SampleKind } from './samples.js';
import { addShippingRoutes } from './shipping-routes.js';
import { addOrder, createState, type OrderSpec, type SandboxOrder, type SandboxState } from './state.js';
import { sendText } from './wire.js';

/** A stand-in for ClickBank's REST API 1.3, with a ledger of all that was written to it. */
export interface ClickbankSandbox {
  standIn: StandIn;
  /** Changed at will by tests in the same process. */
  state: SandboxState;
  addOrders(specs: OrderSpec[]): SandboxOrder[];
  addSamples(count: number, kind?: SampleKind): SandboxOrder[];
  ledger(): Ledger;
}

/**
 * @param options.limits ClickBank's own where absent: 10 calls a second and 25,000 a day
 * @param options.now the clock that judges ship dates, windows and rates
 */
export function createClickbankSandbox(
  options: { seed?: number; limits?: { perSecond?: number; perDay?: number }; now?: () => Date } = {},
): ClickbankSandbox {
  const standIn = createStandIn({ seed: options.seed ?? 1 });
  const state = createState({
    seed: options.seed ?? 1,
    now: options.now ?? (() => new Date()),
    limits: options.limits ?? {},
  });
  addAdminRoutes(standIn, state);
  standIn.app.use('/rest/1.3', limitRates(state));
  addOrderRoutes(standIn, state);
  addShippingRoutes(standIn, state);
  addNoticeRoutes(standIn, state);
  standIn.app.use((_request, response) => sendText(response, 404, 'Not found'));
  return {
    standIn,
    state,
    addOrders: (specs) => specs.map((spec) => addOrder(state, spec)),
    addSamples: (count, kind) => addSamples(state, count, kind),
    ledger: () => ledgerOf(state),
  };
}
