import type { Address } from '../../domain/address.js';
import { canary } from './canaries.js';

/** The sample customer's address, complete. */
export const sampleAddress: Address = {
  name: `${canary.customer.firstName} ${canary.customer.lastName}`,
  company: null,
  line1: canary.customer.address1,
  line2: null,
  city: 'Boise',
  region: 'ID',
  postalCode: '83702',
  country: 'US',
  email: canary.customer.email,
  phone: canary.customer.phone,
};
