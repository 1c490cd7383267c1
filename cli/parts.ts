/** What one start has brought up, so that all of it can be stopped in the opposite order. */
export interface Parts {
  /** Says how long it took. `stop` is called when all is stopped; what needs none leaves it out. */
  start<T>(name: string, begin: () => Promise<T>, stop?: (part: T) => Promise<void>): Promise<T>;
  stop(): Promise<void>;
}

/** How long a stop waits for what is just starting. Servers start within two seconds; a build or download takes minutes. */
const startingMs = 4_000;

export function createParts(say: (line: string) => void): Parts {
  const started: { name: string; stop: () => Promise<void> }[] = [];
  const starting = new Set<Promise<unknown>>();
  let stopping = false;
  return {
    async start(name, begin, stop) {
      if (stopping) throw new Error(`${name} is not started any more`);
      const from = Date.now();
      const beginning = begin().then((part) => {
        if (stop) started.push({ name, stop: () => stop(part) });
        return part;
      });
      starting.add(beginning);
      const part = await beginning.finally(() => starting.delete(beginning));
      if (!stopping) say(`${((Date.now() - from) / 1_000).toFixed(1).padStart(7)} s  ${name}`);
      return part;
    },
    async stop() {
      stopping = true;
      await atMost(startingMs, Promise.allSettled(starting));
      for (let part = started.pop(); part; part = started.pop()) {
        const { name, stop } = part;
        await stop().catch((error: Error) => say(`${name} did not stop in good order: ${error.message}`));
      }
    },
  };
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}

/** A terminal's Ctrl-C reaches npm and us, and npm passes it on: the second of those is no wish of its own. */
const sameKeystrokeMs = 1_000;

/** Resolves when the process is asked to stop. Asked again, it ends at once; servers/guarded.ts ends the servers then. */
export function askedToStop(say: (line: string) => void): Promise<'stop'> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = () => {
      if (first === null) {
        first = Date.now();
        say('Stopping. Once more ends it at once.');
        resolve('stop');
      } else if (Date.now() - first > sameKeystrokeMs) process.exit(130);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
