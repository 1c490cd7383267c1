import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { request } from 'undici';
import { seededRandom } from './stand-in.js';

export interface DeliveryFaults {
  /** Shares of deliveries, 0 to 1. */
  drop?: number;
  duplicate?: number;
  /** Holds each delivery back until the next one has gone. */
  reorder?: boolean;
}

/** What became of one delivery. */
interface Outcome {
  /** The answer to each try; null where there was none. */
  statuses: (number | null)[];
  dropped: boolean;
  /** Held back until a later one had gone. */
  reordered: boolean;
}

/** One notification for one receiver. */
interface Outgoing {
  url: string;
  body: string;
  /** Asked for at each try, since a signature may cover the time. A doubled notification has two copies. */
  headers: (copyId: string) => Record<string, string>;
  /** Called after each try. */
  tried?(taken: boolean): void;
  /** Called when the last try was not taken either. */
  givenUp?(): void;
}

/** What a vendor's deliveries share: its records, the faults, and the tries. */
export interface Sender<About> {
  readonly sent: (About & Outcome)[];
  faults: DeliveryFaults;
  send(about: About, outgoing: Outgoing): void;
  /** Resolves when nothing is under way or held back any more. */
  settle(): Promise<void>;
  close(): void;
}

interface SenderOptions {
  seed: number;
  /** Waits between the tries. */
  retryAfterMs: number[];
  /** How long the vendor waits for an answer. */
  answerMs: number;
  /** What the next one must have done before one that was held back may go. */
  heldUntilNextIs: 'sent' | 'taken';
}

/** Posts to receivers until one answer is 2xx, again after each of the waits, and makes the faults that are set. */
export function createSender<About>(options: SenderOptions): Sender<About> {
  const random = seededRandom(options.seed);
  const running = new Set<Promise<unknown>>();
  const stop = new AbortController();
  // Every delivery under way listens to it.
  setMaxListeners(0, stop.signal);
  let held: (() => Promise<unknown>) | null = null;
  const sender: Sender<About> = {
    sent: [],
    faults: {},
    send(about, outgoing) {
      const { drop = 0, duplicate = 0, reorder = false } = sender.faults;
      const dropped = random() < drop;
      const reordered = !dropped && reorder && held === null;
      const record = { ...about, statuses: [], dropped, reordered };
      sender.sent.push(record);
      if (dropped) return;
      const copies = random() < duplicate ? 2 : 1;
      const start = () =>
        track(Promise.all(Array.from({ length: copies }, () => tryUntilTaken(outgoing, record.statuses))));
      if (reordered) held = start;
      else {
        const waiting = takeHeld();
        const gone = start();
        if (options.heldUntilNextIs === 'sent') void waiting?.();
        else void track(gone.then(() => waiting?.()));
      }
    },
    async settle() {
      while (running.size > 0 || held) {
        if (running.size === 0) void takeHeld()?.();
        await Promise.all(running);
      }
    },
    close: () => stop.abort(),
  };
  return sender;

  function takeHeld(): typeof held {
    const waiting = held;
    held = null;
    return waiting;
  }

  function track(work: Promise<unknown>): Promise<unknown> {
    running.add(work);
    return work.finally(() => running.delete(work));
  }

  async function tryUntilTaken(outgoing: Outgoing, statuses: (number | null)[]): Promise<void> {
    const copyId = randomUUID();
    for (const wait of [0, ...options.retryAfterMs]) {
      if (wait > 0) await pause(wait, stop.signal);
      if (stop.signal.aborted) return;
      const status = await tryOnce(outgoing, copyId);
      statuses.push(status);
      const taken = status !== null && status >= 200 && status < 300;
      outgoing.tried?.(taken);
      if (taken) return;
    }
    outgoing.givenUp?.();
  }

  async function tryOnce({ url, body, headers }: Outgoing, copyId: string): Promise<number | null> {
    try {
      const response = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers(copyId) },
        body,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(options.answerMs)]),
      });
      await response.body.dump();
      return response.statusCode;
    } catch {
      return null;
    }
  }
}

/** Ends early when the sandbox closes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    timer.unref();
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}
