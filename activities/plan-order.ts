import { loadPlanFacts, savePlan } from '../database/plan-facts.js';
import type { Attention } from '../domain/attention.js';
import { openLedger, planFulfillments } from '../domain/plan.js';
import type { LedgerEntry } from '../domain/ledger.js';
import type { ActivityDependencies } from './dependencies.js';

export interface PlanRequest {
  orderId: string;
  generation: number;
  /** What is left to send when an order goes out anew; null plans the whole order. */
  remaining: { lineId: string; quantity: number }[] | null;
}

export type PlanAnswer =
  { fulfillments: { reference: string; warehouseId: string }[]; ledger: LedgerEntry[] } | { problem: Attention };

/** Reads the facts, lets the domain plan, keeps the plan with its causes. Repeating it gives the same plan. */
export async function planOrder({ db }: ActivityDependencies, request: PlanRequest): Promise<PlanAnswer> {
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
  return {
    fulfillments: plan.fulfillments.map(({ reference, warehouseId }) => ({ reference, warehouseId })),
    ledger: openLedger(plan.fulfillments),
  };
}
