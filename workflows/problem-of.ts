import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { attention, type Attention } from '../domain/attention.js';
import { isFailureCode, type FailureAbout } from '../domain/failures.js';

/** What an activity failed with for good, in the words of the one catalogue. `what` names the thing it was done for. */
export function problemOf(error: unknown, what: string): Attention {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure) return attention('unavailable', `${what}: no answer within the time allowed.`);
  if (!(cause instanceof ApplicationFailure) || !isFailureCode(cause.type)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return attention('internal', `${what}: ${message}`);
  }
  return attention(cause.type, cause.message, (cause.details?.[0] ?? {}) as FailureAbout);
}
