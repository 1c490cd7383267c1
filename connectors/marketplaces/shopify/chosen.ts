import { allServices, type Settings } from './configuration.js';
import type { Money } from './order-fields.js';
import type { MoneyBag } from './order-wire.js';
import type { Route } from './routes.js';

export const moneyOf = (settings: Settings): Money => (settings.localCurrency ? 'presentmentMoney' : 'shopMoney');

/** Whether the settings leave out lines by the service they are with: only then are the services asked for (R137). */
export const asksForServices = (settings: Settings): boolean => settings.fulfillmentService !== allServices;

export function moneyIn(
  bag: MoneyBag,
  settings: Settings,
): { amount: string | null; currencyCode?: string | undefined } {
  return bag[moneyOf(settings)] ?? { amount: null };
}

/** The same question the import rules ask of a line, asked of where it is. */
export function isTaken(route: Pick<Route, 'location' | 'service'>, settings: Settings): boolean {
  if (settings.filterByLocation && route.location !== settings.fulfillmentLocation) return false;
  return settings.fulfillmentService === allServices || route.service === settings.fulfillmentService;
}
