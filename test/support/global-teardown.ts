import { stopTestServers } from './test-servers.js';

export default stopTestServers;
