import { startTestServers } from './test-servers.js';

/** Jest loads the built file: it cannot resolve our .js imports to .ts here, only inside tests. */
export default startTestServers;
