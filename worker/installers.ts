import type { IncomingHttpHeaders } from 'node:http';
import type { App } from '../connectors/connect-options.js';
import type { Http } from '../connectors/http.js';
import type { MarketplaceInstall } from '../connectors/marketplaces/install-port.js';
import type { ProvenCallback } from '../domain/install.js';
import { appsOf, appVariables } from './apps.js';
import type { Configuration } from './configuration.js';

type Installing = Record<string, { install: MarketplaceInstall | null }>;

/** For each marketplace that can be connected by an application: its connector's part, with our application there. */
export function createInstallers(marketplaces: Installing, configuration: Configuration, http: Http) {
  const installers = Object.entries(marketplaces).flatMap(([name, { install }]) =>
    install ? [[name, installer(name, install, configuration, http)] as const] : [],
  );
  return Object.fromEntries(installers);
}

function installer(name: string, install: MarketplaceInstall, configuration: Configuration, http: Http) {
  const needed = [...appVariables(name), 'WAYBILL_PUBLIC_URL'] as const;
  const missing = needed.filter((variable) => !configuration[variable]);
  const redirectUrl = `${configuration.WAYBILL_PUBLIC_URL?.replace(/\/$/, '')}/oauth/${name}/callback`;
  // The API uses no installer of which something is missing.
  const app: App = appsOf(configuration)[name] ?? { clientId: '', clientSecret: '' };
  return {
    ...{ missing, bringsState: install.bringsState, framedBy: install.framedBy },
    accountOf: (text: string) => install.accountOf(text),
    accountIn: (credentials: unknown) => install.accountIn(credentials),
    authorize: (request: { account: string; state: string; baseUrl: string | null }) =>
      install.authorize({ ...request, app, redirectUrl }),
    readCallback: (query: Record<string, string>, now: Date) => install.readCallback(query, app, now),
    exchange: (callback: ProvenCallback, store: { present: unknown; baseUrl: string | null }) =>
      install.exchange({ ...store, app, callback, redirectUrl, http, now: new Date() }),
    readOpening: (query: Record<string, string>, now: Date) => install.readOpening(query, app, now),
    readSignedCall: (token: string, now: Date) => install.readSignedCall(token, app, now),
    readNotice: (headers: IncomingHttpHeaders, rawBody: Buffer) =>
      install.readNotice({ headers: plain(headers), rawBody, app }),
  };
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
