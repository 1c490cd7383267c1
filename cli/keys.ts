import { Option, type Command } from 'commander';
import { createApiKey, type Role } from '../database/api-keys.js';
import { rotateCredentials } from '../database/credentials.js';
import { openDatabase, type Database } from '../database/pool.js';
import { tenantExists } from '../database/tenants.js';
import { readConfiguration, type Configuration } from '../worker/configuration.js';
import { printJson } from './api-command.js';
import { serviceEnvironment } from './data-directory.js';
import { CliError, type Terminal } from './terminal.js';

interface NewKey {
  role: Role;
  tenant?: string;
  name: string;
  json?: boolean;
}

/** Both work on the database itself: the first key cannot be made through an API that asks for one. */
export function addKeyCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('API keys, and the keys that encrypt credentials');
  keys
    .command('create')
    .description('make an API key; it is shown once and kept nowhere')
    .addOption(
      new Option('--role <role>', 'what it may do').choices(['operator', 'support', 'merchant']).makeOptionMandatory(),
    )
    .option('--tenant <id>', "a merchant's tenant")
    .requiredOption('--name <name>', 'whose or what it is, for the list of keys')
    .option('--json', 'print it as JSON')
    .action((wanted: NewKey) =>
      withDatabase(terminal, (db, configuration) => create(db, configuration, terminal, wanted)),
    );
  keys
    .command('rotate-credentials')
    .description('wrap all saved credentials anew under the first key of WAYBILL_ENCRYPTION_KEYS')
    .option('--json', 'print the count as JSON')
    .action((options: { json?: boolean }) =>
      withDatabase(terminal, async (db, { keyRing }) => {
        const count = await rotateCredentials(db, keyRing);
        if (options.json) return printJson(terminal, { rewrapped: count, keyId: keyRing.current.id });
        terminal.out(`${count} credentials were wrapped anew; all are under the key "${keyRing.current.id}" now.`);
      }),
    );
}

async function withDatabase(
  terminal: Terminal,
  work: (db: Database, configuration: Configuration) => Promise<void>,
): Promise<void> {
  const configuration = readConfiguration(await serviceEnvironment(terminal.env));
  const database = openDatabase(configuration.DATABASE_URL, { size: 2, name: 'waybill keys' });
  await work(database.db, configuration).finally(() => database.close());
}

async function create(db: Database, configuration: Configuration, terminal: Terminal, wanted: NewKey): Promise<void> {
  const { role, name, tenant } = wanted;
  if (role === 'merchant' && tenant === undefined) throw new CliError('A merchant key needs --tenant.');
  if (role !== 'merchant' && tenant !== undefined)
    throw new CliError(`Leave --tenant out: a ${role} sees every tenant.`);
  if (tenant !== undefined && !(await tenantExists(db, tenant))) throw new CliError(`There is no tenant "${tenant}".`);
  const pepper = configuration.WAYBILL_API_KEY_PEPPER;
  const { key, token } = await createApiKey(db, pepper, { role, name, tenantId: tenant ?? null, expiresAt: null });
  if (wanted.json) return printJson(terminal, { ...key, token });
  terminal.out(token);
  terminal.err(`This ${role} key (${key.id}) is not shown again: keep it now.`);
}
