/**
 * What warehouses call the carriers we meet, as lower-case words, and BigCommerce's code of each
 * (reference/bigcommerce.md §3). `provider` is one of the few it links to itself; `carrier` is a slug of the list it
 * takes from AfterShip, of which these are the ones that warehouses of our kind ship with.
 */
export interface CarrierCode {
  field: 'shipping_provider' | 'tracking_carrier';
  code: string;
}

const providers: Record<string, string[]> = {
  usps: ['usps', 'us postal service', 'united states postal service'],
  ups: ['ups', 'united parcel service'],
  fedex: ['fedex', 'federal express'],
  canadapost: ['canada post', 'postes canada'],
  auspost: ['australia post', 'auspost'],
  royalmail: ['royal mail'],
};

const carriers: Record<string, string[]> = {
  'ups-mi': ['ups mail innovations', 'ups mi'],
  'ups-freight': ['ups freight'],
  'fedex-freight': ['fedex freight'],
  'fedex-crossborder': ['fedex cross border'],
  'fedex-fims': ['fedex international mailservice', 'fims'],
  dhl: ['dhl', 'dhl express'],
  'dhl-global-mail': ['dhl ecommerce', 'dhl global mail', 'dhl smartmail'],
  'dhl-global-mail-asia': ['dhl ecommerce asia'],
  'dhl-germany': ['deutsche post dhl', 'dhl paket', 'dhl germany'],
  'dhlparcel-nl': ['dhl parcel nl'],
  'dhlparcel-uk': ['dhl parcel uk'],
  ontrac: ['ontrac'],
  lasership: ['lasership'],
  purolator: ['purolator'],
  'asendia-usa': ['asendia', 'asendia usa'],
  'asendia-uk': ['asendia uk'],
  'asendia-de': ['asendia germany'],
  'landmark-global': ['landmark global'],
  'pitney-bowes': ['pitney bowes', 'newgistics'],
  'osm-worldwide': ['osm worldwide', 'osm'],
  globegistics: ['globegistics'],
  'i-parcel': ['i parcel', 'iparcel'],
  amazon: ['amazon', 'amazon shipping', 'amazon logistics', 'amzl'],
  gso: ['gso', 'gls us'],
  lonestar: ['lone star overnight', 'lso'],
  speedee: ['spee dee', 'speedee', 'spee dee delivery'],
  cdldelivers: ['cdl', 'cdl last mile'],
  abf: ['abf', 'abf freight'],
  estes: ['estes', 'estes express'],
  'saia-freight': ['saia'],
  'xpo-logistics': ['xpo', 'xpo logistics'],
  apc: ['apc postal logistics'],
  'apc-overnight': ['apc overnight'],
  dpd: ['dpd'],
  'dpd-uk': ['dpd uk'],
  'dpd-de': ['dpd germany', 'dpd de'],
  'interlink-express': ['dpd local'],
  gls: ['gls'],
  'myhermes-uk': ['evri', 'myhermes'],
  'hermes-de': ['hermes germany'],
  yodel: ['yodel'],
  'an-post': ['an post'],
  postnl: ['postnl'],
  bpost: ['bpost'],
  colissimo: ['colissimo'],
  'chronopost-france': ['chronopost'],
  'swiss-post': ['swiss post'],
  'poste-italiane': ['poste italiane'],
  'spain-correos-es': ['correos'],
  postnord: ['postnord'],
  bring: ['bring'],
  tnt: ['tnt'],
  'star-track': ['startrack'],
  sendle: ['sendle'],
  aramex: ['aramex'],
  'japan-post': ['japan post'],
  '4px': ['4px'],
  yunexpress: ['yunexpress', 'yun express'],
};

const byName = new Map<string, CarrierCode>([
  ...named(providers, 'shipping_provider'),
  ...named(carriers, 'tracking_carrier'),
]);

function named(codes: Record<string, string[]>, field: CarrierCode['field']): [string, CarrierCode][] {
  return Object.entries(codes).flatMap(([code, names]) =>
    names.map((name): [string, CarrierCode] => [name, { field, code }]),
  );
}

/**
 * The code of a carrier as a warehouse names it; null for one that is not known. A name may go on with the service
 * ("FedEx Ground Economy"): the longest beginning of whole words decides.
 */
export function carrierCode(carrier: string): CarrierCode | null {
  const words = carrier
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  for (let count = words.length; count > 0; count--) {
    const found = byName.get(words.slice(0, count).join(' '));
    if (found) return found;
  }
  return null;
}
