import { DefaultLogger, Runtime, type LogLevel } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { readConfiguration } from './configuration.js';
import { startWorker } from './worker.js';

/**
 * Temporal's own logs and metrics, once for each process before anything else of it. Signals are ours to handle:
 * the process that runs a worker may run more than that.
 */
export function installRuntime(logger: Logger, metricsPort: number | null): void {
  const level =
    ({ fatal: 'ERROR', silent: 'ERROR' } as Record<string, LogLevel>)[logger.level] ??
    (logger.level.toUpperCase() as LogLevel);
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger(level, ({ level: at, message, meta }) => {
      const method = at.toLowerCase() as 'info';
      logger[method]({ ...meta }, message);
    }),
    telemetryOptions:
      metricsPort === null ? {} : { metrics: { prometheus: { bindAddress: `0.0.0.0:${metricsPort}` } } },
  });
}

/** The worker process: runs until SIGINT or SIGTERM, then lets running calls end. Rejects when a worker fails. */
export async function runWorkerProcess(env: NodeJS.ProcessEnv): Promise<void> {
  const configuration = readConfiguration(env);
  const logger = pino({ level: configuration.LOG_LEVEL, name: 'worker' });
  installRuntime(logger, configuration.METRICS_PORT);
  const worker = await startWorker(configuration, logger);
  const stop = () => void worker.stop().catch(() => undefined);
  process.once('SIGINT', stop).once('SIGTERM', stop);
  logger.info({ queues: configuration.WAYBILL_TASK_QUEUE_PREFIX }, 'worker started');
  await worker.ended;
  logger.info('worker stopped');
}
