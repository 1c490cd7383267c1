import type { Command } from 'commander';
import type { Attention } from '../domain/attention.js';
import type { PushState } from '../domain/stock-decision.js';
import type { Api } from './api-client.js';
import { apiCommand, printJson, type ApiOptions } from './api-command.js';
import { attentionLines } from './attention-lines.js';
import { shortened, table, when } from './table.js';
import { CliError, type Terminal } from './terminal.js';

/** What is shown of a stock sync; GET /v1/stock-syncs has more. */
interface StockSync {
  id: string;
  storeId: string;
  storeName: string;
  warehouseName: string;
  paused: boolean;
  storeRests: boolean;
  lastSuccessAt: string | null;
  attention: Attention | null;
  problems: Record<string, number>;
}

interface StockLevel {
  sku: string;
  sellable: number | null;
  waiting: number;
  problem: { cause: string; message: string; fix: string } | null;
  places: { title: string; level: number | null }[];
  pushes: { quantity: number; was: number | null; state: PushState; note: string | null; sentAt: string }[];
}

export function addStockCommands(program: Command, terminal: Terminal): void {
  const stock = program.command('stock').description('see the stock that stores are told, and tend its syncs');
  apiCommand(stock.command('list').description('list stock syncs and their health'), terminal, async (api, options) => {
    const { items } = await api.list<StockSync>('/v1/stock-syncs', {});
    if (options.json) return printJson(terminal, items);
    if (items.length === 0) return terminal.out('There are no stock syncs yet: POST /v1/stock-syncs adds one.');
    const head = ['SYNC', 'STORE', 'WAREHOUSE', 'STATE', 'LAST GOOD ROUND', 'WHAT IS WRONG'];
    table(head, items.map(syncRow)).forEach(terminal.out);
  });
  addShow(stock, terminal);
  on('sync', 'compare every SKU with the store now', async (api, sync) => {
    await api.call('POST', `/v1/stock-syncs/${sync.id}/sync-now`);
    return `Every SKU of ${sync.storeName} is compared now; \`waybill stock show ${sync.id}\` shows the outcome.`;
  });
  on('pause', 'write nothing until resumed; the store keeps its figures', async (api, sync) => {
    await api.call('POST', `/v1/stock-syncs/${sync.id}/pause`);
    return `${sync.storeName} keeps the figures it has.`;
  });
  on('resume', 'write again, beginning with what changed meanwhile', async (api, sync) => {
    await api.call('POST', `/v1/stock-syncs/${sync.id}/resume`);
    return `${sync.storeName} is kept in step again.`;
  });

  function on(name: string, description: string, carryOut: (api: Api, sync: StockSync) => Promise<string>): void {
    const command = stock.command(`${name} <sync>`).description(`${description}; ${naming}`);
    apiCommand(command, terminal, async (api, options, [wanted]) => {
      const sync = await findSync(api, wanted!);
      const line = await carryOut(api, sync);
      if (options.json) printJson(terminal, { id: sync.id, done: name });
      else terminal.out(line);
    });
  }
}

const naming = 'named by id, or by its store';

function addShow(stock: Command, terminal: Terminal): void {
  const command = stock
    .command('show <sync> [sku]')
    .description(`show the stock of every SKU, or of one with its last figures and proofs; ${naming}`)
    .option('--problems', 'only what is not written, with what to do');
  apiCommand<ApiOptions & { problems?: boolean }>(command, terminal, async (api, options, [wanted, sku]) => {
    const sync = await findSync(api, wanted!);
    const path = `/v1/stock-syncs/${sync.id}/levels`;
    if (sku !== undefined) {
      const level = await api.call<StockLevel>('GET', `${path}/${encodeURIComponent(sku)}`);
      return options.json ? printJson(terminal, level) : levelLines(level).forEach(terminal.out);
    }
    const { items } = await api.list<StockLevel>(path, options.problems ? { cause: 'any' } : {});
    if (options.json) return printJson(terminal, items);
    attentionLines(sync.attention).forEach(terminal.out);
    if (items.length === 0) return terminal.out(options.problems ? 'Every SKU is written.' : 'No SKU yet.');
    table(['SKU', 'TO OFFER', 'WRITTEN', 'PROOF', 'WHAT IS WRONG'], items.map(levelRow)).forEach(terminal.out);
  });
}

function syncRow(sync: StockSync): string[] {
  const state = sync.paused ? 'paused' : sync.storeRests ? 'store at rest' : 'running';
  const held = Object.entries(sync.problems).map(([cause, count]) => `${count} ${cause}`);
  const wrong = [...(sync.attention ? [sync.attention.message] : []), ...held].join('; ');
  return [sync.id, sync.storeName, sync.warehouseName, state, when(sync.lastSuccessAt), shortened(wrong, 80)];
}

function levelRow({ sku, sellable, pushes, problem }: StockLevel): string[] {
  const [last] = pushes;
  const wrong = problem ? `${problem.message} ${problem.fix}` : '';
  return [sku, String(sellable ?? '-'), String(last?.quantity ?? '-'), last?.state ?? '-', shortened(wrong, 160)];
}

function levelLines(level: StockLevel): string[] {
  const written = level.pushes.map((push) => [
    ...[when(push.sentAt), String(push.was ?? '-'), String(push.quantity), push.state, push.note ?? ''],
  ]);
  return [
    `${level.sku}: ${level.sellable ?? 'nobody can tell how many'} to offer, ${level.waiting} sold beyond our orders.`,
    ...level.places.map((place) => `The store shows ${place.level ?? 'none'} at ${place.title}.`),
    ...(level.problem ? [`Not written: ${level.problem.message} ${level.problem.fix}`] : []),
    ...(written.length > 0 ? ['', ...table(['WRITTEN', 'BEFORE', 'FIGURE', 'STATE', 'NOTE'], written)] : []),
  ];
}

async function findSync(api: Api, wanted: string): Promise<StockSync> {
  const { items } = await api.list<StockSync>('/v1/stock-syncs', {});
  const found = items.filter((sync) => [sync.id, sync.storeId, sync.storeName].includes(wanted));
  if (found.length === 1) return found[0]!;
  const problem =
    found.length === 0 ? `There is no stock sync "${wanted}".` : `"${wanted}" has ${found.length} of them.`;
  throw new CliError(problem, '`waybill stock list` shows the ids.');
}
