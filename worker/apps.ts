import type { App } from '../connectors/connect-options.js';
import type { Configuration } from './configuration.js';

const variables = {
  bigcommerce: ['WAYBILL_BIGCOMMERCE_CLIENT_ID', 'WAYBILL_BIGCOMMERCE_CLIENT_SECRET'],
  shopify: ['WAYBILL_SHOPIFY_CLIENT_ID', 'WAYBILL_SHOPIFY_CLIENT_SECRET'],
} as const;

/** The variables that hold our application at a marketplace, its id first. */
export function appVariables(marketplace: string): readonly (keyof Configuration)[] {
  const named: Record<string, readonly (keyof Configuration)[]> = variables;
  return named[marketplace] ?? [];
}

/** This installation's applications, by marketplace; one is there when both of its variables are set. */
export function appsOf(configuration: Configuration): Record<string, App> {
  const apps = Object.entries(variables).flatMap(([name, [id, secret]]) => {
    const [clientId, clientSecret] = [configuration[id], configuration[secret]];
    return clientId && clientSecret ? [[name, { clientId, clientSecret }] as const] : [];
  });
  return Object.fromEntries(apps);
}
