import type { Connection } from '@temporalio/client';
import { taskQueues } from '../domain/identifiers.js';
import { missingSearchAttributes } from '../servers/search-attributes.js';
import { readConfiguration, type Configuration } from '../worker/configuration.js';
import { examineDatabase } from './doctor-database.js';
import { ok, problem, type Finding } from './finding.js';
import { attributeNames, withTemporal } from './migrate.js';
import { CliError } from './terminal.js';

/** Looks at everything Waybill needs, changes nothing. What cannot be reached ends only the checks that need it. */
export async function examine(env: NodeJS.ProcessEnv): Promise<Finding[]> {
  let configuration: Configuration;
  try {
    configuration = readConfiguration(env);
  } catch (error) {
    const fix = 'Set what is named there, or run this in the folder where `npm start` runs.';
    return [problem('environment', (error as Error).message, fix)];
  }
  const [database, temporal] = await Promise.all([examineDatabase(configuration), examineTemporal(configuration)]);
  return [ok('environment', 'every variable is as it should be'), ...database, ...temporal];
}

async function examineTemporal(configuration: Configuration): Promise<Finding[]> {
  const { TEMPORAL_NAMESPACE: namespace, WAYBILL_TASK_QUEUE_PREFIX: prefix } = configuration;
  try {
    return await withTemporal(configuration, async (connection) => {
      await connection.workflowService.describeNamespace({ namespace });
      const lacking = await missingSearchAttributes(connection, namespace, attributeNames);
      const queues = Object.values(taskQueues(prefix));
      return [
        ok('temporal', `namespace ${namespace} at ${configuration.TEMPORAL_ADDRESS}`),
        lacking.length === 0
          ? ok('search attributes', 'all registered')
          : problem('search attributes', `not registered: ${lacking.join(', ')}`, 'Run `waybill migrate`.'),
        ...(await Promise.all(queues.map((queue) => worker(connection, namespace, queue)))),
      ];
    });
  } catch (error) {
    const fix = error instanceof CliError ? error.fix : null;
    return [problem('temporal', (error as Error).message, fix ?? 'See TEMPORAL_ADDRESS.')];
  }
}

/** TASK_QUEUE_TYPE_WORKFLOW of Temporal's API; the server lists who asked within the last minutes. */
const workflowQueue = 1;

async function worker(connection: Connection, namespace: string, queue: string): Promise<Finding> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: queue },
    taskQueueType: workflowQueue,
  });
  const count = pollers?.length ?? 0;
  if (count > 0) return ok(`queue ${queue}`, `${count} ${count === 1 ? 'worker asks' : 'workers ask'} for work`);
  return problem(
    `queue ${queue}`,
    'no worker asks for work',
    'Start one: `waybill worker`, with the same WAYBILL_TASK_QUEUE_PREFIX.',
  );
}
