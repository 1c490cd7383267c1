import { carrierCode } from '../../../connectors/marketplaces/bigcommerce/carriers.js';

describe('R97: carriers by the names that warehouses give them', () => {
  it.each([
    ['USPS', 'shipping_provider', 'usps'],
    ['usps priority mail', 'shipping_provider', 'usps'],
    ['UPS®', 'shipping_provider', 'ups'],
    ['UPS Ground Saver', 'shipping_provider', 'ups'],
    ['UPS Mail Innovations Domestic', 'tracking_carrier', 'ups-mi'],
    ['FedEx', 'shipping_provider', 'fedex'],
    ['FedEx Freight Economy', 'tracking_carrier', 'fedex-freight'],
    ['DHL', 'tracking_carrier', 'dhl'],
    ['DHL-eCommerce', 'tracking_carrier', 'dhl-global-mail'],
    ['OnTrac', 'tracking_carrier', 'ontrac'],
    ['Royal Mail 48', 'shipping_provider', 'royalmail'],
    ['Evri', 'tracking_carrier', 'myhermes-uk'],
  ])('%s', (name, field, code) => {
    expect(carrierCode(name)).toEqual({ field, code });
  });

  it.each(['', 'Upstate Couriers', 'The UPS Store', 'Our van', '  '])('%j is not known, and not guessed', (name) => {
    expect(carrierCode(name)).toBeNull();
  });
});
