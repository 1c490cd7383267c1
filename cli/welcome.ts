import { sellsEverySeconds, type StandIns } from './stand-ins.js';

/** What is said once all is up: where everything is, and what to try first. */
export function welcome(of: {
  seconds: number;
  url: string;
  temporalUrl: string | null;
  key: { token: string; isNew: boolean } | null;
  standIns: Pick<StandIns, 'urls'> | null;
}): string[] {
  const { url, key, standIns } = of;
  return [
    '',
    `Waybill is ready after ${of.seconds.toFixed(1)} s.`,
    '',
    `  API          ${url}  (routes: ${url}/docs, OpenAPI: ${url}/openapi.json)`,
    ...(of.temporalUrl === null ? [] : [`  Temporal UI  ${of.temporalUrl}`]),
    ...(standIns
      ? [
          `  ClickBank    ${standIns.urls.clickbank}/_sandbox/ledger  (a stand-in, and all that was written to it)`,
          `  BigCommerce  ${standIns.urls.bigcommerce}/_sandbox/ledger  (likewise)`,
          `  Shopify      ${standIns.urls.shopify}/_sandbox/ledger  (likewise)`,
          `  ShipBob      ${standIns.urls.shipbob}/_sandbox/ledger  (likewise)`,
        ]
      : []),
    '',
    ...(key ? tryIt(url, key) : ['Make the first API key:', `  ${waybill} keys create --role operator --name me`]),
    '',
    'Ctrl-C stops all of it.',
  ];
}

/** Works in every checkout, whatever npm has linked. */
const waybill = 'node dist/cli/waybill.js';

function tryIt(url: string, key: { token: string; isNew: boolean }): string[] {
  return [
    `  API key to try  ${key.token}`,
    '',
    `Orders are on their way from the three sample stores, one more every ${sellsEverySeconds} s for half an hour. See them:`,
    `  curl -H 'Authorization: Bearer ${key.token}' '${url}/v1/orders?state=shipped'`,
    `  ${waybill} orders list`,
    `  ${waybill} stock list`,
    ...(key.isNew
      ? []
      : [
          '',
          'The stand-ins remember nothing of earlier starts: an order that was with them and not shipped yet waits, or ' +
            'asks for attention.',
        ]),
  ];
}
