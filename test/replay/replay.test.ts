import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import { parseKeyRing } from '../../database/key-ring.js';
import { createPayloadCodec } from '../../worker/payload-codec.js';
import { canary } from '../workflows/canaries.js';
import { quietTemporal } from '../support/quiet-temporal.js';
import { workflowBundle } from '../support/temporal.js';
import { historyConverter, recordedHistories, type RecordedHistory } from './recorded.js';

quietTemporal();
let histories: RecordedHistory[];
beforeAll(async () => {
  histories = await recordedHistories();
});

/** What each history's replay says, by its name; null when it fits. */
async function replay(bundle: { code: string } | { codePath: string }, items: RecordedHistory[]) {
  const options = { workflowBundle: bundle, dataConverter: historyConverter };
  const results = new Map<string, string | null>();
  for (const { name, workflowId, history } of items)
    for await (const { error } of Worker.runReplayHistories(options, [{ workflowId, history }]))
      results.set(name, error ? `${error.name}: ${error.message}` : null);
  return results;
}

it('I11: the workflows of today replay every recorded history', async () => {
  const results = await replay(workflowBundle(), histories);
  expect([...results].filter(([, error]) => error !== null)).toEqual([]);
  const workflows = new Set(histories.map((each) => each.name.split('/')[0]));
  expect(workflows).toEqual(new Set(['order', 'reconciliation', 'stock', 'store', 'warehouse']));
  expect(histories.length).toBeGreaterThanOrEqual(12);
}, 60_000);

it('I11: a workflow that does something else is refused, so that the test above can fail', async () => {
  const workflowsPath = fileURLToPath(new URL('./incompatible.workflow.ts', import.meta.url));
  const failureConverterPath = fileURLToPath(new URL('../../worker/failure-converter.cjs', import.meta.url));
  const logger = new DefaultLogger('ERROR');
  const bundle = await bundleWorkflowCode({ workflowsPath, failureConverterPath, logger });
  const orders = histories.filter((each) => each.name.startsWith('order/'));
  const results = await replay(bundle, orders);
  expect(results.size).toBe(orders.length);
  for (const error of results.values()) expect(error).toMatch(/^DeterminismViolationError/);
}, 60_000);

it('I8: recorded histories hold no people, and only the key ring reads them', async () => {
  const text = JSON.stringify(histories.map((each) => each.history));
  for (const word of Object.values(canary.customer)) expect(text).not.toContain(word);
  const [started] = histories[0]!.history.events!;
  const input = started!.workflowExecutionStartedEventAttributes!.input!.payloads!;
  const stranger = createPayloadCodec(parseKeyRing(`histories:${Buffer.alloc(32, 8).toString('base64')}`), 'default');
  await expect(stranger.decode(input)).rejects.toThrow();
});
