import { assemble, type Assembly } from './assemble.js';
import { lostCompletions } from './lost-completions.js';
import { quietTemporal } from './quiet-temporal.js';

/**
 * A worker in a process of its own, for tests that kill it. Reads its options from the argument, reports on standard
 * output: a line "ready", and a line "lost" for every completion it threw away.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as Assembly & { lossRate: number; seed: number };
/** The stand-ins show a write at once; a real marketplace is given a minute or two before anything is sent again. */
const settleMs = 10_000;

quietTemporal();
const assembly = await assemble({
  ...options,
  marketplace: (real) => ({ ...real, settleMs }),
  interceptors: [lostCompletions(options.lossRate, options.seed, () => console.log('lost'))],
});
await assembly.startWorkers();
console.log('ready');
// Without its parent there is nobody left to kill it.
process.on('disconnect', () => process.exit(0));
