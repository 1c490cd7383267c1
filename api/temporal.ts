import { randomUUID } from 'node:crypto';
import {
  isGrpcServiceError,
  QueryRejectedError,
  ServiceError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import type { Dependencies } from './dependencies.js';
import { Problem } from './problems.js';

/** A cancellation is answered after up to 5 s (workflows/order-messages.ts), so a caller must wait longer than that. */
const patienceMs = 10_000;

/** Runs calls to Temporal under one deadline. */
export function asking<T>(dependencies: Dependencies, call: () => Promise<T>, deadlineMs = patienceMs): Promise<T> {
  return dependencies.temporal.withDeadline(Date.now() + deadlineMs, call);
}

/** Sends a signal; false when no such workflow runs. */
export async function signalIfRunning(
  dependencies: Dependencies,
  workflowId: string,
  signal: string,
  ...args: unknown[]
): Promise<boolean> {
  try {
    await asking(dependencies, () => dependencies.temporal.workflow.getHandle(workflowId).signal(signal, ...args));
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/**
 * Sends an update and waits for its answer. With an Idempotency-Key the update's id is made of it, so that Temporal
 * itself carries out a repeated request once. Null when no such workflow runs.
 */
export async function updateIfRunning<Answer>(
  dependencies: Dependencies,
  workflowId: string,
  update: { name: string; request: unknown; id: string | null },
): Promise<Answer | null> {
  try {
    return await asking(dependencies, () =>
      dependencies.temporal.workflow.getHandle(workflowId).executeUpdate<Answer, [unknown]>(update.name, {
        args: [update.request],
        updateId: update.id ?? randomUUID(),
      }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** A workflow's refusal is a conflict in its own words; silence of server or worker is 503; null for other errors. */
export function temporalProblem(error: unknown): Problem | null {
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    return cause instanceof ApplicationFailure ? new Problem('conflict', cause.message) : null;
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return away(
      'No worker answered in time. It may still be carried out: repeat the request with its Idempotency-Key.',
    );
  if (error instanceof QueryRejectedError || error instanceof ServiceError || isGrpcServiceError(error))
    return away('The Temporal server or its workers did not answer. What was saved is safe: repeat the request.');
  return null;
}

function away(detail: string): Problem {
  return new Problem('temporal-unavailable', detail, { headers: { 'Retry-After': '5' } });
}

/** Deep link to a workflow in the Temporal UI; null where there is none. */
export function workflowUrl(dependencies: Dependencies, workflowId: string): string | null {
  const { temporalUiUrl, namespace } = dependencies;
  if (temporalUiUrl === null) return null;
  return `${temporalUiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
