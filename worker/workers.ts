import type { DataConverter } from '@temporalio/common';
import { Worker, type ActivityInterceptorsFactory, type NativeConnection } from '@temporalio/worker';
import type { Activities } from '../activities/create-activities.js';
import type { taskQueues } from '../domain/identifiers.js';
import { activityInterceptors } from './activity-interceptors.js';

export interface WorkerParts {
  connection: NativeConnection;
  namespace: string;
  dataConverter: DataConverter;
  workflowBundle: { codePath: string };
  queues: ReturnType<typeof taskQueues>;
  activities: Activities;
  /** Run outside ours: the fault tests fail activities after they succeeded. */
  interceptors?: ActivityInterceptorsFactory[];
}

/**
 * One worker for orders and one for connections (docs/decisions/task-queues.md). Slots: 100 orders at once need at most
 * as many database connections as they wait for vendors, which the pool of 20 bears; 2,000 connections in one process
 * are as many long polls. Cached workflows take about 0.35 MB each (reference/temporal-practice.md §8).
 */
export async function createWorkers(parts: WorkerParts): Promise<Worker[]> {
  const shared = {
    connection: parts.connection,
    namespace: parts.namespace,
    dataConverter: parts.dataConverter,
    workflowBundle: parts.workflowBundle,
    activities: parts.activities,
    interceptors: { activity: [...(parts.interceptors ?? []), activityInterceptors] },
    // Longer than one vendor call, so that a deployment leaves no write half done.
    shutdownGraceTime: '30 seconds',
  };
  const orders = await Worker.create({
    ...shared,
    taskQueue: parts.queues.orders,
    maxCachedWorkflows: 1_000,
    maxConcurrentActivityTaskExecutions: 100,
  });
  const connections = await Worker.create({
    ...shared,
    taskQueue: parts.queues.connections,
    maxCachedWorkflows: 300,
    maxConcurrentActivityTaskExecutions: 2_000,
  });
  return [orders, connections];
}
