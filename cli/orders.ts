import type { Command } from 'commander';
import type { z } from 'zod';
import type { foundOrder } from '../api/order-schemas.js';
import type { CancelAnswer } from '../domain/messages.js';
import type { Api } from './api-client.js';
import { apiCommand, printJson, type ApiOptions } from './api-command.js';
import { orderStory, type OrderDetail } from './order-story.js';
import { shortened, table, when } from './table.js';
import { CliError, type Terminal } from './terminal.js';
import { utcTime } from './utc-time.js';

type FoundOrder = z.infer<typeof foundOrder>;

interface ListOptions extends ApiOptions {
  state?: string;
  store?: string;
  attention?: boolean;
  limit: string;
}

interface ActionOptions extends ApiOptions {
  note?: string;
  until?: string;
}

export function addOrderCommands(program: Command, terminal: Terminal): void {
  const orders = program.command('orders').description('see orders and act on them');
  const list = orders
    .command('list [text]')
    .description('list orders, or find them by id, receipt, number, e-mail, tracking number or SKU')
    .option('--state <state>', 'only orders in this state')
    .option('--store <id>', 'only orders of this store')
    .option('--attention', 'only orders that need a person')
    .option('--limit <count>', 'how many at most', '50');
  apiCommand<ListOptions>(list, terminal, (api, options, [text]) => listOrders(api, terminal, options, text));

  const show = orders
    .command('show <order>')
    .description('tell the whole story of one order, named by id, receipt or number');
  apiCommand(show, terminal, async (api, options, [name]) => {
    const order = await api.call<OrderDetail>('GET', `/v1/orders/${await orderId(api, name!)}`);
    if (options.json) printJson(terminal, order);
    else orderStory(order).forEach(terminal.out);
  });

  const hold = action('hold', 'keep an order from being sent').option('--until <time>', 'UTC time at which it goes on');
  act(hold, (options) => ({ ...(options.until !== undefined && { releaseAt: utcTime('--until', options.until) }) }));
  act(action('release', 'let a held order go on'));
  act(action('retry', 'have an order that needs attention try again'));
  act(action('cancel', 'cancel an order, if it is not too late'));

  function action(name: string, description: string): Command {
    return orders
      .command(`${name} <order>`)
      .description(description)
      .option('--note <text>', 'why; kept with the order');
  }

  function act(command: Command, more: (options: ActionOptions) => object = () => ({})): void {
    apiCommand<ActionOptions>(command, terminal, async (api, options, [name]) => {
      const path = `/v1/orders/${await orderId(api, name!)}/${command.name()}`;
      const body = { ...(options.note !== undefined && { note: options.note }), ...more(options) };
      const answer = await api.call<{ state: string } & Partial<CancelAnswer>>('POST', path, body);
      if (options.json) printJson(terminal, answer);
      else terminal.out(outcome(name!, answer));
    });
  }
}

async function listOrders(api: Api, terminal: Terminal, options: ListOptions, text: string | undefined) {
  const limit = Number(options.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw new CliError(`--limit must be a whole number, not "${options.limit}".`);
  const query = {
    ...(text !== undefined && { q: text }),
    ...(options.state !== undefined && { state: options.state }),
    ...(options.store !== undefined && { store: options.store }),
    ...(options.attention && { attention: 'true' }),
  };
  const { items, more } = await api.list<FoundOrder>('/v1/orders', query, limit);
  if (options.json) return printJson(terminal, items);
  if (items.length === 0) return terminal.out('There are no such orders.');
  const head = ['ORDER', 'RECEIPT', 'NUMBER', 'STATE', 'TOTAL', 'SHIPPING', 'PLACED', 'WHY IT WAITS'];
  table(head, items.map(row)).forEach(terminal.out);
  if (more) terminal.out(`… and more: raise --limit above ${limit}, or narrow the search.`);
}

function row(order: FoundOrder): string[] {
  const total = order.total === null ? '-' : `${order.total} ${order.currency ?? ''}`.trimEnd();
  const why = order.attention?.message ?? (order.hold && `${order.hold.reason}: ${order.hold.owner}`) ?? '';
  return [
    order.id,
    order.externalId,
    order.number ?? '-',
    order.state,
    total,
    order.shippingDescription ?? '-',
    when(order.placedAt),
    shortened(why, 80),
  ];
}

/** People know an order by its receipt or number; only two stores that share one make our own id necessary. */
async function orderId(api: Api, name: string): Promise<string> {
  if (name.startsWith('ord_')) return encodeURIComponent(name);
  const found = async (query: Record<string, string>) => (await api.list<FoundOrder>('/v1/orders', query)).items;
  const items = [...(await found({ receipt: name })), ...(await found({ number: name }))];
  if (items.length === 0)
    throw new CliError(`There is no order "${name}".`, '`waybill orders list` shows those there are.');
  if (items.length === 1) return items[0]!.id;
  const ids = items.map((each) => `${each.id} (store ${each.storeId})`).join(', ');
  throw new CliError(`${items.length} orders are called "${name}": ${ids}.`, 'Name the one you mean by its id.');
}

const cancelOutcomes = {
  stopped: 'Nothing of it will be sent.',
  too_late: 'Too late: the warehouse has sent it or will.',
  asking: 'The warehouse has not answered yet: ask again in a while.',
};

function outcome(name: string, answer: { state: string } & Partial<CancelAnswer>): string {
  const state = `${name} is now ${answer.state.replaceAll('_', ' ')}.`;
  return answer.outcome ? `${cancelOutcomes[answer.outcome]} ${state}` : state;
}
