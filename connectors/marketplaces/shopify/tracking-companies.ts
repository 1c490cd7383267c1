/**
 * Carriers as warehouses write them, and the exact name by which Shopify knows each and builds its tracking link
 * (reference/shopify.md §0, supported tracking companies). Of the long list, those a parcel warehouse uses; every other
 * carrier is told by its own name, with the link the warehouse gave.
 */
const known = [
  'Asendia USA', 'Australia Post', 'BPost', 'Canada Post', 'Canpar', 'Chronopost', 'Colissimo',
  'Correos', 'Deutsche Post', 'DHL eCommerce', 'DHL Express', 'DPD', 'DPD Local', 'DPD UK', 'Evri', 'FedEx', 'GLS',
  'La Poste Colissimo', 'Lasership', 'Mondial Relay', 'New Zealand Post', 'OnTrac', 'Pitney Bowes', 'Poste Italiane',
  'PostNL', 'PostNord SE', 'PostNord DK', 'PostNord NO', 'Purolator', 'Royal Mail', 'Sendle', 'SF Express', 'ShipBob',
  'Singapore Post', 'StarTrack', 'Swiss Post', 'TForce Final Mile', 'TNT', 'UPS', 'USPS', 'YunExpress',
]; // prettier-ignore

const alsoCalled: Record<string, string> = {
  fedexground: 'FedEx',
  fedexexpress: 'FedEx',
  fedexsmartpost: 'FedEx',
  federalexpress: 'FedEx',
  upsground: 'UPS',
  upsmailinnovations: 'UPS',
  unitedparcelservice: 'UPS',
  uspostalservice: 'USPS',
  unitedstatespostalservice: 'USPS',
  postalservice: 'USPS',
  dhl: 'DHL Express',
  dhlglobalmail: 'DHL eCommerce',
  dhlparcel: 'DHL eCommerce',
  hermes: 'Evri',
  auspost: 'Australia Post',
  lasershipinc: 'Lasership',
  bpostinternational: 'BPost',
};

const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
const byPlainName = new Map([...Object.entries(alsoCalled), ...known.map((name) => [plain(name), name] as const)]);

/** The name to tell Shopify: its own for a carrier it knows, else as the warehouse wrote it; null where nobody did. */
export function trackingCompany(carrier: string): string | null {
  const written = carrier.trim();
  return written === '' ? null : (byPlainName.get(plain(written)) ?? written);
}

/** All names this list gives out, for the test that compares them with Shopify's own list. */
export const trackingCompanies: readonly string[] = [...new Set(byPlainName.values())];
