import { DefaultLogger, Runtime } from '@temporalio/worker';

/** The SDK's own log lines would bury the report of the tests. Call it before the file's first worker. */
export function quietTemporal(): void {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
}
