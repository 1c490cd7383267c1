import { Command, CommanderError } from 'commander';
import { addKeyCommands } from './keys.js';
import { addOrderCommands } from './orders.js';
import { addServiceCommands } from './service.js';
import { addStockCommands } from './stock.js';
import { addStoreCommands } from './stores.js';
import { explain, type Terminal } from './terminal.js';

/** Runs one command line and gives back the exit code: 0, or 1 after one clear sentence on the error output. */
export async function runCli(args: string[], terminal: Terminal): Promise<number> {
  const program = new Command('waybill')
    .description('Carries orders from marketplaces to warehouses and the tracking numbers back.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    });
  let code = 0;
  const fail = () => (code = 1);
  addServiceCommands(program, terminal, fail);
  addKeyCommands(program, terminal);
  addOrderCommands(program, terminal);
  addStoreCommands(program, terminal, fail);
  addStockCommands(program, terminal);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Commander has said what is wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode;
    explain(error, terminal);
    return 1;
  }
  return code;
}
