/** Every workflow of the bundle, by name: the bundler needs one entry file. */
export { order } from './order.js';
export { stock } from './stock.js';
export { reconciliation } from './reconciliation.js';
export { store } from './store.js';
export { warehouse } from './warehouse.js';
