import type { Command } from 'commander';
import { createApiClient, findApi, type Api } from './api-client.js';
import type { Terminal } from './terminal.js';

export interface ApiOptions {
  url?: string;
  key?: string;
  json?: boolean;
}

/** A command that speaks to the API: it has the options all of those share, and is handed the API ready to use. */
export function apiCommand<Options extends ApiOptions>(
  command: Command,
  terminal: Terminal,
  carryOut: (api: Api, options: Options, args: string[]) => Promise<void>,
): Command {
  return command
    .option('--json', 'print what the API answered')
    .option('--url <url>', 'where the API is (WAYBILL_URL)')
    .option('--key <key>', 'API key (WAYBILL_API_KEY)')
    .action(async (...given: unknown[]) => {
      // Commander hands over the arguments, then the options, then the command.
      const options = given.at(-2) as Options;
      const api = createApiClient(await findApi(terminal.env, options));
      await carryOut(api, options, given.slice(0, -2) as string[]);
    });
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, null, 2));
}
