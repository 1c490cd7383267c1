import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedServer } from './shared-server.js';

/** Jest loads this file from its source, the bench from dist. */
const here = fileURLToPath(new URL('../../', import.meta.url));
const root = basename(here) === 'dist' ? join(here, '..') : here;

/** host:port of the Temporal dev server all test files share; its namespace is "default". */
export function temporalAddress(): string {
  return sharedServer('WAYBILL_TEST_TEMPORAL');
}

/** A queue, or a queue prefix, that no other test uses. */
export function testTaskQueue(name: string): string {
  return `${name}-${randomBytes(4).toString('hex')}`;
}

/**
 * The built workflows, for `Worker.create({ workflowBundle })`.
 * @throws Error when they are older than their sources
 */
export function workflowBundle(): { codePath: string } {
  const codePath = join(root, 'dist/workflows/bundle.js');
  const built = statSync(codePath, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = Math.max(newestChange(join(root, 'workflows')), newestChange(join(root, 'domain')));
  if (built < newest) throw new Error(`${codePath} is missing or older than its sources: run npm run build`);
  return { codePath };
}

function newestChange(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return Math.max(0, ...files.map((name) => statSync(join(folder, name)).mtimeMs));
}
