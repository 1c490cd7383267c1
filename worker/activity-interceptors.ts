import type { Context } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { Failure } from '../domain/failures.js';

/** What every activity gets: a heartbeat while it runs, and vendor failures told to Temporal in its own terms. */
export const activityInterceptors: ActivityInterceptorsFactory = (context) => ({
  inbound: { execute: (input, next) => translateFailures(() => beat(context, () => next(input))) },
});

/** Three beats in each timeout. An activity that is done before the first one, as almost all are, sends none. */
async function beat<T>(context: Context, run: () => Promise<T>): Promise<T> {
  const timeoutMs = context.info.heartbeatTimeoutMs;
  if (!timeoutMs) return run();
  const timer = setInterval(() => context.heartbeat(), timeoutMs / 3);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}

/**
 * `rejected` ends the activity and the workflow asks a person; the others are tried again, after the vendor's delay.
 * Waiting for a rate limit is daily business, so it stays out of error logs and metrics.
 */
async function translateFailures<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw ApplicationFailure.create({
      type: error.code,
      message: error.message,
      details: [error.about],
      nonRetryable: error.outcome === 'rejected',
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: Math.max(Math.ceil(error.retryAfterMs), 1) }),
      ...(error.code === 'rate_limited' ? { category: ApplicationFailureCategory.BENIGN } : {}),
    });
  }
}
