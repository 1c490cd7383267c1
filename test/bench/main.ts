import { quietTemporal } from '../support/quiet-temporal.js';
import { temporalAddress } from '../support/temporal.js';
import { startTestServers, stopTestServers } from '../support/test-servers.js';
import { measureBare } from './bare.js';
import { measureEndToEnd } from './end-to-end.js';

const orders = 300;

quietTemporal();
await startTestServers();
try {
  const bare = await measureBare(temporalAddress(), orders);
  const endToEnd = await measureEndToEnd(orders);
  console.log(JSON.stringify({ ...endToEnd, bareOrdersPerSecond: bare, ratio: endToEnd.ordersPerSecond / bare }));
} finally {
  await stopTestServers();
}
