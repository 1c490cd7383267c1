import { quietTemporal } from '../support/quiet-temporal.js';
import { temporalAddress } from '../support/temporal.js';
import { startTestServers, stopTestServers } from '../support/test-servers.js';
import { measureBare } from './bare.js';
import { measureEndToEnd } from './end-to-end.js';
import { measureIdleStore } from './idle-store.js';
import { measureImports } from './import.js';
import { measureWebhookLatency } from './webhook-latency.js';

const orders = 300;
const rounds = 3;

quietTemporal();
await startTestServers();
try {
  const counted = {
    ...(await measureImports()),
    ...(await measureIdleStore()),
    ...(await measureWebhookLatency()),
  };
  // Uncounted, so that neither side pays for code that is still cold.
  await measureBare(temporalAddress(), 100);
  await measureEndToEnd(100);
  // In pairs, because a machine's speed drifts; the middle pair is reported.
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    const bareOrdersPerSecond = await measureBare(temporalAddress(), orders);
    const endToEnd = await measureEndToEnd(orders);
    pairs.push({ ...endToEnd, bareOrdersPerSecond, ratio: endToEnd.ordersPerSecond / bareOrdersPerSecond });
    console.error(`round ${round + 1}: ${JSON.stringify(pairs.at(-1))}`);
  }
  const middle = pairs.sort((a, b) => a.ratio - b.ratio)[Math.floor(rounds / 2)];
  console.log(JSON.stringify({ ...middle, ...counted }));
} finally {
  await stopTestServers();
}
