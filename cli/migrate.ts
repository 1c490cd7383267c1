import { Connection } from '@temporalio/client';
import { migrate } from '../database/migrate.js';
import { openDatabase } from '../database/pool.js';
import { searchAttributes } from '../domain/identifiers.js';
import { registerSearchAttributes } from '../servers/search-attributes.js';
import { readConfiguration, type Configuration } from '../worker/configuration.js';
import { connectionOptions } from '../worker/temporal.js';
import { CliError, type Terminal } from './terminal.js';

/** Every search attribute our workflows set. */
export const attributeNames: string[] = Object.values(searchAttributes);

/** Brings the database up to date; returns the migrations applied now. */
export async function migrateDatabase(url: string): Promise<string[]> {
  const database = openDatabase(url, { size: 1, name: 'waybill migrate' });
  return migrate(database.db).finally(() => database.close());
}

/** Registers the search attributes the namespace lacks, and returns those. */
export async function prepareTemporal(configuration: Configuration): Promise<string[]> {
  return withTemporal(configuration, (connection) =>
    registerSearchAttributes(connection, configuration.TEMPORAL_NAMESPACE, attributeNames),
  );
}

/** gRPC's status for a caller that may not do that. */
const permissionDenied = 7;
const onTemporalCloud = `On Temporal Cloud add the search attributes ${attributeNames.join(', ')}, of type Keyword, in its console.`;

/** @throws CliError naming the address when Temporal cannot be reached or refuses */
export async function withTemporal<T>(
  configuration: Configuration,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const options = { ...(await connectionOptions(configuration)), connectTimeout: 5_000 };
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect(options);
    return await work(connection);
  } catch (error) {
    const { code, details, message } = error as { code?: number; details?: string; message: string };
    throw new CliError(
      `Temporal at ${options.address}, namespace ${configuration.TEMPORAL_NAMESPACE}: ${details || message}.`,
      code === permissionDenied ? onTemporalCloud : 'See TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE in .env.example.',
    );
  } finally {
    await connection?.close();
  }
}

/** `waybill migrate`: safe to run again, and beside running processes. */
export async function migrateAll(env: NodeJS.ProcessEnv, terminal: Terminal): Promise<void> {
  const configuration = readConfiguration(env);
  const applied = await migrateDatabase(configuration.DATABASE_URL);
  terminal.out(applied.length === 0 ? 'The database is up to date.' : `Migrations applied: ${applied.join(', ')}.`);
  const registered = await prepareTemporal(configuration);
  terminal.out(
    registered.length === 0
      ? 'Temporal has all search attributes.'
      : `Search attributes registered with Temporal: ${registered.join(', ')}.`,
  );
}
