import type { Command } from 'commander';
import { printJson } from './api-command.js';
import { serviceEnvironment } from './data-directory.js';
import { table } from './table.js';
import type { Terminal } from './terminal.js';

/**
 * The commands that run or tend the service itself. Each loads what it needs only when it is called: the worker alone
 * brings Temporal's native part, and `orders list` should not wait for that.
 */
export function addServiceCommands(program: Command, terminal: Terminal, fail: () => void): void {
  program
    .command('up')
    .description('run all of Waybill here, with the servers it needs and, unless WAYBILL_SANDBOX=off, a sample store')
    .action(async () => (await import('./up.js')).runUp(terminal));
  program
    .command('api')
    .description('run the API (settings: .env.example)')
    .action(async () => (await import('../api/main.js')).runApiProcess(terminal.env));
  program
    .command('worker')
    .description('run a worker (settings: .env.example)')
    .action(async () => (await import('../worker/main.js')).runWorkerProcess(terminal.env));
  program
    .command('migrate')
    .description("bring the database up to date and register Temporal's search attributes")
    .action(async () => {
      const { migrateAll } = await import('./migrate.js');
      await migrateAll(await serviceEnvironment(terminal.env), terminal);
    });
  program
    .command('doctor')
    .description('look for what is wrong, and say what to do; exit code 1 when something is')
    .option('--json', 'print the findings as JSON')
    .action(async (options: { json?: boolean }) => {
      const { examine } = await import('./doctor.js');
      const findings = await examine(await serviceEnvironment(terminal.env));
      if (findings.some((finding) => finding.fix !== null)) fail();
      if (options.json) return printJson(terminal, findings);
      const rows = findings.flatMap(({ check, detail, fix }) => [
        [fix === null ? 'ok' : 'PROBLEM', check, detail],
        ...(fix === null ? [] : [['', '', `What to do: ${fix}`]]),
      ]);
      table(['', 'CHECK', 'FOUND'], rows).forEach(terminal.out);
    });
}
