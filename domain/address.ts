/** Where goods go. People's data: kept in PostgreSQL where it can be erased, never in a workflow's history. */
export interface Address {
  name: string;
  company: string | null;
  line1: string;
  line2: string | null;
  city: string;
  /** State, province or county, as the marketplace wrote it. */
  region: string | null;
  postalCode: string | null;
  /** ISO 3166-1 alpha-2, upper case. */
  country: string;
  email: string | null;
  phone: string | null;
}

/**
 * The fields without which no parcel arrives. Postal codes and regions are not among them: some countries have none.
 * Returns the names of those that are blank.
 */
export function missingAddressFields(address: Address): string[] {
  const needed = { name: address.name, line1: address.line1, city: address.city, country: address.country };
  return Object.entries(needed)
    .filter(([, value]) => value.trim() === '')
    .map(([field]) => field);
}
