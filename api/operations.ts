import { sql } from 'kysely';
import { z } from 'zod';
import type { Dependencies } from './dependencies.js';
import { describe } from './errors.js';
import type { Metrics } from './metrics.js';
import { route } from './route.js';

const part = z.enum(['ok', 'unreachable']);
const readiness = z.object({ ready: z.boolean(), postgresql: part, temporal: part });

/** A load balancer waits a few seconds at most. */
const patienceMs = 3_000;

async function reach(
  dependencies: Dependencies,
  name: string,
  ask: () => Promise<unknown>,
): Promise<'ok' | 'unreachable'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${patienceMs} ms`)), patienceMs);
  });
  try {
    await Promise.race([ask(), late]);
    return 'ok';
  } catch (error) {
    dependencies.logger.warn({ part: name, fault: describe(error) }, 'not reachable');
    return 'unreachable';
  } finally {
    clearTimeout(timer);
  }
}

function askTemporal({ temporal, namespace }: Dependencies): Promise<unknown> {
  return temporal.withDeadline(Date.now() + patienceMs, () =>
    temporal.connection.workflowService.describeNamespace({ namespace }),
  );
}

export const operationRoutes = [
  route({
    method: 'get',
    path: '/healthz',
    summary: 'Is the process alive',
    access: 'anyone',
    answer: { status: 200, description: 'It is.', schema: z.object({ alive: z.literal(true) }) },
    handle: async () => ({ alive: true as const }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    summary: 'Can it do its work',
    description: 'Names each part it needs.',
    access: 'anyone',
    answer: { status: 200, description: 'It can.', schema: readiness },
    otherAnswers: [{ status: 503, description: 'It cannot: a part is unreachable.', schema: readiness }],
    async handle({ dependencies, response }) {
      const [postgresql, temporal] = await Promise.all([
        reach(dependencies, 'postgresql', () => sql`select 1`.execute(dependencies.db)),
        reach(dependencies, 'temporal', () => askTemporal(dependencies)),
      ]);
      const ready = postgresql === 'ok' && temporal === 'ok';
      if (!ready) response.status(503);
      return { ready, postgresql, temporal };
    },
  }),
  route({
    method: 'get',
    path: '/metrics',
    summary: 'Counts and times, for Prometheus',
    description: 'Open, because it holds only counts by route; keep it off the public network all the same.',
    access: 'anyone',
    answer: { status: 200, description: 'Prometheus text.', schema: z.string(), contentType: 'text/plain' },
    handle: ({ request }) => (request.app.locals.metrics as Metrics).text(),
  }),
];
