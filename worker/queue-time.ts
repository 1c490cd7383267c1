import { asyncLocalStorage } from '@temporalio/activity';

/** A burst of orders is spread over this long instead of failed; then Temporal waits for us. */
const patientMs = 4_000;
/**
 * A first try stands inside its order's workflow task, which takes no message meanwhile: its three calls together stay
 * below the five seconds of which the SDK warns (TMPRL1104). What is refused here is an ordinary activity's to try.
 */
const localMs = 1_000;

/** How long a live call of the running activity may queue for its account's allowance. */
export function liveQueueMs(): number {
  return asyncLocalStorage.getStore()?.info.isLocal ? localMs : patientMs;
}
