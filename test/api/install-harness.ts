import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { createHttp } from '../../connectors/http.js';
import { install as bigcommerce } from '../../connectors/marketplaces/bigcommerce/install.js';
import { install as shopify } from '../../connectors/marketplaces/shopify/install.js';
import { createStore } from '../../database/stores.js';
import { defaultStoreSettings, type ProbeReport } from '../../domain/store.js';
import type { Configuration } from '../../worker/configuration.js';
import { createInstallers } from '../../worker/installers.js';
import { app } from '../support/install-calls.js';
import { startHarness, type Harness } from './harness.js';

const publicUrl = 'https://waybill.example.com/';

const environment = {
  ...{ WAYBILL_SHOPIFY_CLIENT_ID: app.clientId, WAYBILL_SHOPIFY_CLIENT_SECRET: app.clientSecret },
  ...{ WAYBILL_BIGCOMMERCE_CLIENT_ID: app.clientId, WAYBILL_BIGCOMMERCE_CLIENT_SECRET: app.clientSecret },
  WAYBILL_PUBLIC_URL: publicUrl,
};

export interface InstallHarness extends Harness {
  /** Where the tokens are given out: a stand-in of both marketplaces' token addresses. */
  tokens: { url: string; requests: { path: string; body: Record<string, string> }[]; answer: TokenAnswer };
  /** What a probe finds from now on. */
  probe: { report: ProbeReport | Error; calls: number };
  clock: { now: Date };
  aStore(marketplace: 'shopify' | 'bigcommerce', tenant?: string): Promise<string>;
}

interface TokenAnswer {
  status: number;
  body: unknown;
}

/** The API with the installers of both marketplaces, and a stand-in that gives out tokens. */
export async function startInstallHarness(configuration: object = environment): Promise<InstallHarness> {
  const outside = createHttp({ allowed: ['127.0.0.1'] });
  const clock = { now: new Date('2026-11-27T12:00:00Z') };
  const probe: InstallHarness['probe'] = { report: everything, calls: 0 };
  const forms = { title: 'T', noStock: null, credentials: z.looseObject({}), settings: z.looseObject({}) };
  const harness = await startHarness({
    marketplaces: { shopify: forms, bigcommerce: forms, clickbank: forms },
    installers: createInstallers(
      { shopify: { install: shopify }, bigcommerce: { install: bigcommerce }, clickbank: { install: null } },
      configuration as Configuration,
      outside.http,
    ),
    publicUrl,
    now: () => clock.now,
    probe: async () => {
      probe.calls += 1;
      if (probe.report instanceof Error) throw probe.report;
      return probe.report;
    },
  });
  const tokens = await startTokens();
  return {
    ...harness,
    ...{ tokens: tokens.tokens, probe, clock },
    aStore: (marketplace, tenantId = harness.tenant) =>
      createStore(harness.database.db, {
        ...{ tenantId, name: `${marketplace} <store>`, marketplace },
        ...{ baseUrl: tokens.tokens.url, settings: defaultStoreSettings },
      }).then((store) => store.id),
    async close() {
      await tokens.close();
      await outside.close();
      await harness.close();
    },
  };
}

export const everything: ProbeReport = {
  permissions: [{ permission: 'read_orders', standing: 'granted', neededFor: 'finding orders' }],
  accounts: ['example'],
  problems: [],
};

async function startTokens() {
  const tokens: InstallHarness['tokens'] = { url: '', requests: [], answer: { status: 200, body: {} } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
      tokens.requests.push({ path: request.url ?? '', body });
      response.writeHead(tokens.answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(tokens.answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tokens.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    tokens,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
