import type { Shop } from '../state/shop.js';
import type { Token } from '../state/tokens.js';
import type { PageArguments } from './connection.js';

/** What resolvers see of the call they answer. */
export interface Call {
  shop: Shop;
  token: Token;
  /** Search fields that do not exist and were therefore ignored, as Shopify tells in `extensions.search`. */
  ignored: string[];
}

/** The arguments that fields of queries take, of all of them together; the schema has checked which belong where. */
export interface Arguments extends PageArguments {
  id?: string;
  ids?: string[];
  query?: string | null;
  sortKey?: string;
  names?: string[];
  locationId?: string;
  inventoryItemId?: string;
  locationIds?: string[] | null;
  assignmentStatus?: string | null;
  includeClosed?: boolean;
  includeInactive?: boolean;
  includeLegacy?: boolean;
  topics?: string[] | null;
  uri?: string | null;
}

/** How the fields of one type are read from its rows. A field that is not here is a property of the row itself. */
export type Fields<Row> = Record<string, (row: Row, args: Arguments, call: Call) => unknown>;
