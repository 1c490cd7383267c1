import { loadPlanFacts, savePlan } from '../database/plan-facts.js';
import type { Attention } from '../domain/attention.js';
import { openLedger, planFulfillments } from '../domain/plan.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { ActivityDependencies } from './dependencies.js';
import { submitFulfillment, type SubmitAnswer } from './submit-fulfillment.js';

export interface PlanRequest {
  orderId: string;
  generation: number;
  /** What is left to send when an order goes out anew; null plans the whole order. */
  remaining: { lineId: string; quantity: number }[] | null;
}

export type PlanAnswer =
  | {
      fulfillments: { reference: string; warehouseId: string }[];
      ledger: LedgerEntry[];
      /** What became of asking its warehouse; `open` when that is to be tried again, null when nobody was asked. */
      asked: SubmitAnswer | 'open' | null;
    }
  | { problem: Attention };

/**
 * Reads the facts, lets the domain plan, keeps the plan with its causes. Repeating it gives the same plan. A whole order
 * that goes to one warehouse, as almost every order does, is asked for at once: a step less for server and worker.
 */
export async function planOrder(deps: ActivityDependencies, request: PlanRequest): Promise<PlanAnswer> {
  const { db } = deps;
  const facts = await loadPlanFacts(db, request.orderId, request.generation);
  const lines = request.remaining
    ? facts.lines.flatMap((line) => {
        const left = request.remaining?.find((each) => each.lineId === line.lineId);
        return left ? [{ ...line, quantity: left.quantity }] : [];
      })
    : facts.lines;
  const plan = planFulfillments({ ...facts, lines });
  if ('problem' in plan) return plan;
  await savePlan(db, request.orderId, request.generation, plan.fulfillments);
  const [only, another] = plan.fulfillments;
  return {
    fulfillments: plan.fulfillments.map(({ reference, warehouseId }) => ({ reference, warehouseId })),
    ledger: openLedger(plan.fulfillments),
    asked: only && !another && !request.remaining ? await askAtOnce(deps, only.reference) : null,
  };
}

/** Whatever goes wrong is met again, and shown, by the order's own step, which first looks for what this try left. */
async function askAtOnce(deps: ActivityDependencies, reference: string): Promise<SubmitAnswer | 'open'> {
  try {
    return await submitFulfillment(deps, { reference, to: 'submitted' });
  } catch {
    return 'open';
  }
}
