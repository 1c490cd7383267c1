/** What a command sees of the outside; tests hand in their own. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  out: (line: string) => void;
  err: (line: string) => void;
}

/** Ends a command with exit code 1: one sentence of what is wrong and, where there is one, what to do. */
export class CliError extends Error {
  readonly fix: string | null;

  constructor(message: string, fix: string | null = null) {
    super(message);
    this.name = 'CliError';
    this.fix = fix;
  }
}

/** Says what is wrong in one sentence, and what to do where that is known. */
export function explain(error: unknown, terminal: Terminal): void {
  terminal.err(`waybill: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof CliError && error.fix !== null) terminal.err(`  ${error.fix}`);
}
