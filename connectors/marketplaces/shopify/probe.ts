import { Failure } from '../../../domain/failures.js';
import type { ProbeReport } from '../../../domain/store.js';
import { apiVersion, type Client } from './client.js';
import { allServices, type Settings } from './configuration.js';
import type { Ask } from './operation.js';
import { fulfillmentServices, installation, latestAddresses, locations, type WireLocation } from './probe-documents.js';
import { toTheEnd } from './read-orders.js';
import { isGranted, scopeFindings } from './scopes.js';

interface ProbeContext {
  client: Client;
  settings: Settings;
  shop: string;
}

const asking: Ask = { lane: 'live', step: 'testing the connection' };

/**
 * Four calls at most, each only where its scope was granted. Scopes are granted or not, so nothing stays unproven; what
 * a scope does not show, Shopify's approval for people's data, shows in the addresses of the latest orders (D6).
 */
export async function probe(context: ProbeContext): Promise<ProbeReport> {
  const { client, settings } = context;
  const { shop, currentAppInstallation } = await client.call(installation, {}, asking);
  const granted = new Set(currentAppInstallation.accessScopes.map((scope) => scope.handle));
  const seen = isGranted(granted, 'read_locations') ? await readLocations(client) : null;
  const chosen = seen?.find((each) => each.id === settings.fulfillmentLocation);
  return {
    permissions: scopeFindings(granted, settings, chosen?.isFulfillmentService ? 'service' : 'merchant'),
    accounts: [`${shop.name} (${shop.myshopifyDomain})`, reach(granted)],
    problems: [
      ...versionProblems(client.answeredVersion()),
      ...shopProblems(context.shop, shop.myshopifyDomain),
      ...(seen ? locationProblems(seen, settings) : []),
      ...(isGranted(granted, 'read_fulfillments') ? await serviceProblems(client, settings) : []),
      ...(isGranted(granted, 'read_orders') ? await redactionProblems(client) : []),
    ],
  };
}

/** D8, R149: Shopify shows no older order, and says nothing of it (reference/shopify.md §2). */
function reach(granted: ReadonlySet<string>): string {
  return granted.has('read_all_orders')
    ? 'orders of any age (read_all_orders is granted)'
    : 'orders of the last 60 days; older ones only once Shopify grants the app read_all_orders';
}

function versionProblems(answered: string | null): string[] {
  if (answered === null || answered === apiVersion) return [];
  return [`Shopify answers with version ${answered} of its API, Waybill speaks ${apiVersion}: update Waybill.`];
}

function shopProblems(entered: string, answering: string): string[] {
  return entered === answering.toLowerCase() ? [] : [`The token belongs to ${answering}, not to ${entered}.`];
}

async function readLocations({ call }: Client): Promise<WireLocation[]> {
  const page = async (after: string | null) => (await call(locations, { after }, asking)).locations;
  return (await toTheEnd(await page(null), page)).nodes;
}

/** R134: configured and enabled in Shopify. */
function locationProblems(all: WireLocation[], { fulfillmentLocation }: Settings): string[] {
  const choices = all.filter((each) => each.isActive).map((each) => `${each.name} (${each.id})`);
  const listed = `Locations of the shop: ${choices.join(', ') || 'none'}.`;
  if (fulfillmentLocation === null) return [`No fulfillment location is chosen. ${listed}`];
  const chosen = all.find((each) => each.id === fulfillmentLocation);
  if (!chosen) return [`The shop has no location ${fulfillmentLocation}. ${listed}`];
  if (!chosen.isActive) return [`The fulfillment location ${chosen.name} (${chosen.id}) is not active. ${listed}`];
  if (!chosen.fulfillsOnlineOrders)
    return [`The fulfillment location ${chosen.name} (${chosen.id}) is not enabled for online orders.`];
  return [];
}

/** R137: configured and activated in Shopify. */
async function serviceProblems({ call }: Client, { fulfillmentService }: Settings): Promise<string[]> {
  if (fulfillmentService === allServices) return [];
  const { shop } = await call(fulfillmentServices, {}, asking);
  if (fulfillmentService === 'manual' || shop.fulfillmentServices.some((each) => each.handle === fulfillmentService))
    return [];
  const choices = shop.fulfillmentServices.map((each) => `${each.serviceName} (${each.handle})`);
  return [`The shop has no fulfillment service "${fulfillmentService}". It has: ${choices.join(', ') || 'none'}.`];
}

/** An app without Shopify's approval gets orders whose people are blank, and no error (reference/shopify.md §2, §11). */
async function redactionProblems({ call }: Client): Promise<string[]> {
  const kept =
    'Shopify keeps names and addresses back from the app: ask Shopify for access to protected customer data, level 2.';
  try {
    const { orders } = await call(latestAddresses, {}, asking);
    const shipped = orders.nodes.filter((order) => order.requiresShipping);
    const blank = ({ shippingAddress }: (typeof shipped)[number]) =>
      !shippingAddress?.address1 && !shippingAddress?.lastName;
    return shipped.length > 0 && shipped.every(blank) ? [kept] : [];
  } catch (error) {
    if (error instanceof Failure && error.code === 'permission_missing') return [kept];
    throw error;
  }
}
