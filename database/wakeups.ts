import pg from 'pg';
import { wakeChannel, wakes } from '../domain/identifiers.js';
import { lostConnection, type LostConnection } from './pool.js';

/** How a wait ended: its time was up, a webhook was stored, a message asks for the workflow, or it was cancelled. */
export type Waking = 'time' | 'inbox' | 'yield' | 'cancelled';

/** The only clock and the only way of waiting that long activities have, so that tests can run a day in a second. */
export interface Wakeups {
  now(): Date;
  wait(connectionId: string, milliseconds: number, signal: AbortSignal): Promise<Waking>;
}

/** After a webhook, others that come within this time are read together with it: one call for all of them. */
const gatherMs = 100;

interface Waiter {
  connectionId: string;
  wake: (by: Waking) => void;
}

/**
 * One LISTEN connection for the whole process. When it breaks, waits simply last until their time is up, and it is
 * opened again: nothing depends on a notification arriving. `onYield` hears of every connection whose settings or
 * credentials may have changed.
 */
export function listenForWakes(
  databaseUrl: string,
  onLost: (lost: LostConnection) => void,
  onYield: (connectionId: string) => void = () => undefined,
): Wakeups & { release(): void; close(): Promise<void> } {
  const waiters = new Set<Waiter>();
  const early = new Map<string, Waking>();
  let client: pg.Client | null = null;
  let closed = false;
  let released = false;

  const open = () => {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'waybill wakeups' });
    next.on('notification', ({ payload }) => payload && dispatch(payload));
    next.on('error', (error) => reopen(next, error));
    next.on('end', () => reopen(next, new Error('the wake-up connection ended')));
    client = next;
    next.connect().then(
      () => next.query(`listen ${wakeChannel}`).catch((error: Error) => onLost(lostConnection(error))),
      (error: Error) => reopen(next, error),
    );
  };
  const reopen = (broken: pg.Client, error: Error) => {
    if (closed || client !== broken) return;
    client = null;
    onLost(lostConnection(error));
    setTimeout(() => !closed && open(), 1_000).unref();
  };
  const dispatch = (payload: string) => {
    const connectionId = payload.slice(payload.indexOf(':') + 1);
    const by: Waking = payload === wakes.inbox(connectionId) ? 'inbox' : 'yield';
    if (by === 'yield') onYield(connectionId);
    const waiting = [...waiters].filter((each) => each.connectionId === connectionId);
    for (const waiter of waiting) {
      if (by === 'yield') waiter.wake(by);
      else setTimeout(() => waiter.wake(by), gatherMs);
    }
    // Nobody waits just now: whoever waits next must not sleep through it.
    if (waiting.length === 0) early.set(connectionId, early.get(connectionId) === 'yield' ? 'yield' : by);
  };
  open();

  return {
    now: () => new Date(),
    wait(connectionId, milliseconds, signal) {
      const missed = early.get(connectionId);
      early.delete(connectionId);
      if (released || signal.aborted) return Promise.resolve('cancelled');
      if (missed) return Promise.resolve(missed);
      return new Promise((resolve) => {
        const finish = (by: Waking) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          waiters.delete(waiter);
          resolve(by);
        };
        const abort = () => finish('cancelled');
        const waiter: Waiter = { connectionId, wake: finish };
        const timer = setTimeout(() => finish('time'), milliseconds);
        signal.addEventListener('abort', abort);
        waiters.add(waiter);
      });
    },
    /** Ends every wait, now and from now on: the process is going down. */
    release() {
      released = true;
      for (const waiter of waiters) waiter.wake('cancelled');
    },
    async close() {
      closed = true;
      await client?.end().catch(() => undefined);
    },
  };
}
