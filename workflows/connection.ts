import {
  ActivityFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/create-activities.js';
import type { PollEnd } from '../activities/poll-store.js';
import { messages } from '../domain/identifiers.js';
import type { ConnectionInput, ConnectionSnapshot, FixSaved } from '../domain/messages.js';

const pause = defineSignal(messages.connection.pause);
const resume = defineSignal(messages.connection.resume);
const pollNow = defineSignal(messages.connection.pollNow);
const settingsChanged = defineSignal(messages.connection.settingsChanged);
const fixSaved = defineSignal<[FixSaved]>(messages.connection.fixSaved);
const stop = defineSignal(messages.connection.stop);
const state = defineQuery<ConnectionSnapshot>(messages.connection.state);

const { wakeOrders } = proxyActivities<Activities>({ startToCloseTimeout: '10 minutes' });

/** About five idle days of hourly turns at six events each; far below the 4,096 at which the server suggests it. */
const rollAfterEvents = 800;

/**
 * Tends one connection for as long as it exists: turn after turn of its long poll, with messages in between. A turn
 * that fails is tried again by Temporal for ever: a connection never ends by itself, it only stops when it is deleted.
 * Returns what to continue as new with, or null when it was stopped.
 */
export async function tendConnection(
  id: string,
  input: ConnectionInput,
  turn: () => Promise<PollEnd>,
): Promise<ConnectionInput | null> {
  let { paused } = input;
  const fixes = [...input.fixes];
  let stopping = false;
  /** A message asks the running turn to end; it is cleared before a turn, so that one in the middle is not lost. */
  let interrupted = false;
  let step = 'starting';

  const onMessage = (note: () => void) => () => {
    note();
    interrupted = true;
  };
  setHandler(
    pause,
    onMessage(() => (paused = true)),
  );
  setHandler(
    resume,
    onMessage(() => (paused = false)),
  );
  setHandler(
    stop,
    onMessage(() => (stopping = true)),
  );
  setHandler(
    pollNow,
    onMessage(() => undefined),
  );
  setHandler(
    settingsChanged,
    onMessage(() => undefined),
  );
  setHandler(fixSaved, (fix) => onMessage(() => fixes.push(fix))());
  setHandler(state, () => ({ id, paused, step }));

  while (!stopping && !timeToRollOver()) {
    const fix = fixes[0];
    if (fix) {
      step = 'waking orders';
      await wakeOrders(fix);
      fixes.shift();
    } else if (paused) {
      step = 'paused';
      await condition(() => !paused || stopping || fixes.length > 0);
    } else {
      step = 'polling';
      interrupted = false;
      const end = await runTurn(turn, () => interrupted);
      if (end?.ended === 'gone') stopping = true;
    }
  }
  await condition(allHandlersFinished);
  return stopping ? null : { paused, fixes };
}

function timeToRollOver(): boolean {
  return workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= rollAfterEvents;
}

/**
 * A message ends the turn in two ways: the API wakes the activity through PostgreSQL at once, and the cancellation
 * asked for here reaches it with its next heartbeat, should that wake-up get lost.
 */
async function runTurn(turn: () => Promise<PollEnd>, interrupted: () => boolean): Promise<PollEnd | null> {
  const scope = new CancellationScope();
  const result = scope.run(turn);
  try {
    await Promise.race([result, condition(interrupted)]);
    if (interrupted()) scope.cancel();
    return await result;
  } catch (error) {
    // A turn asked to end may also end in a fault of its own, which Temporal then tries no more: the next turn does.
    if (isCancellation(error) || interrupted()) return null;
    // What a turn refuses to try again must not end the connection either.
    if (!(error instanceof ActivityFailure)) throw error;
    await condition(interrupted, '5 minutes');
    return null;
  }
}
