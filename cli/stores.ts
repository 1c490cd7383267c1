import type { Command } from 'commander';
import type { Api } from './api-client.js';
import { apiCommand, printJson, type ApiOptions } from './api-command.js';
import { readJsonFile } from './read-json-file.js';
import { reportLines, runReconciliation } from './reconciliation.js';
import { stateOf, storeHealth, testLines, type Store, type TestReport } from './store-health.js';
import { shortened, table, when } from './table.js';
import { CliError, type Terminal } from './terminal.js';
import { utcTime } from './utc-time.js';

interface ReconcileOptions extends ApiOptions {
  from: string;
  to?: string;
  mend?: boolean;
}

export function addStoreCommands(program: Command, terminal: Terminal, fail: () => void): void {
  const stores = program.command('stores').description('see stores and tend their connections');
  apiCommand(stores.command('list').description('list stores and their health'), terminal, async (api, options) => {
    const { items } = await api.list<Store>('/v1/stores', {});
    if (options.json) return printJson(terminal, items);
    if (items.length === 0) return terminal.out('There are no stores yet: POST /v1/stores adds one.');
    const head = ['STORE', 'NAME', 'MARKETPLACE', 'STATE', 'LAST GOOD POLL', 'WHAT IS WRONG'];
    table(head, items.map(row)).forEach(terminal.out);
  });

  on('show', 'show whether a store works, what is wrong and what to do', (_api, store) =>
    Promise.resolve({ answer: store, lines: storeHealth(store) }),
  );
  const test = async (api: Api, store: Store) => {
    const report = await api.call<TestReport>('POST', `/v1/stores/${store.id}/test`);
    if (!report.passes) fail();
    return { answer: report, lines: testLines(store, report) };
  };
  on('test', "ask the marketplace what the store's credentials may do", test);
  // A file, because what is typed on a command line is seen by others and kept in the shell's history.
  on(
    'credentials',
    'save what opens its account, and test it',
    async (api, store, file) => {
      await api.call('PUT', `/v1/stores/${store.id}/credentials`, await readJsonFile(file!));
      return test(api, store);
    },
    ' <file>',
  );
  on('pause', 'fetch nothing new until resumed; orders under way go on', async (api, store) => ({
    answer: await api.call('POST', `/v1/stores/${store.id}/pause`),
    lines: [`${store.name} is paused. Orders under way go on.`],
  }));
  on('resume', 'fetch again, from where the store stopped', async (api, store) => ({
    answer: await api.call('POST', `/v1/stores/${store.id}/resume`),
    lines: [`${store.name} fetches orders again, from where it stopped.`],
  }));
  on('poll', 'look for orders now', async (api, store) => {
    await api.call('POST', `/v1/stores/${store.id}/poll`);
    return { answer: { id: store.id, asked: true }, lines: [`${store.name} looks for orders now.`] };
  });

  const reconcile = stores
    .command('reconcile <store>')
    .description('compare marketplace, Waybill and warehouse, and show the report; named by id or name')
    .requiredOption('--from <time>', 'UTC time at which the window begins')
    .option('--to <time>', 'UTC time at which it ends; now by default')
    .option('--mend', 'mend what is safe');
  apiCommand<ReconcileOptions>(reconcile, terminal, async (api, options, [wanted]) => {
    const { report, differences } = await runReconciliation(api, (await findStore(api, wanted!)).id, {
      from: utcTime('--from', options.from),
      ...(options.to !== undefined && { to: utcTime('--to', options.to) }),
      mend: options.mend ?? false,
    });
    if (options.json) printJson(terminal, { ...report, items: differences });
    else reportLines(report, differences).forEach(terminal.out);
    if (report.state === 'failed' || report.differences > report.mended) fail();
  });

  function on(
    name: string,
    description: string,
    carryOut: (api: Api, store: Store, more?: string) => Promise<{ answer: unknown; lines: string[] }>,
    more = '',
  ): void {
    const command = stores.command(`${name} <store>${more}`).description(`${description}; named by id or name`);
    apiCommand(command, terminal, async (api, options, [wanted, given]) => {
      const { answer, lines } = await carryOut(api, await findStore(api, wanted!), given);
      if (options.json) printJson(terminal, answer);
      else lines.forEach(terminal.out);
    });
  }
}

function row(store: Store): string[] {
  const { lastSuccessAt, attention } = store.health;
  const wrong = shortened(attention?.message ?? '', 80);
  return [store.id, store.name, store.marketplace, stateOf(store), when(lastSuccessAt), wrong];
}

async function findStore(api: Api, wanted: string): Promise<Store> {
  const { items } = await api.list<Store>('/v1/stores', {});
  const found = items.filter((store) => store.id === wanted || store.name === wanted);
  if (found.length === 1) return found[0]!;
  const problem =
    found.length === 0 ? `There is no store "${wanted}".` : `${found.length} stores are named "${wanted}".`;
  throw new CliError(problem, '`waybill stores list` shows the ids.');
}
