import type { ZodType } from 'zod';
import type { MarketplaceName } from '../../domain/store.js';
import type { ConnectOptions } from '../connect-options.js';
import { clickbank } from './clickbank/clickbank.js';
import type { Marketplace } from './port.js';

/** What the rest of the house knows of a marketplace before it is connected. */
export interface MarketplaceDefinition {
  title: string;
  /** What a person enters, checked before it is saved, and again when a connection is opened. */
  credentials: ZodType;
  /** The `marketplace` part of the store's settings, defaults filled in. */
  settings: ZodType;
  /** Opens one store's account; makes no call. Throws Failure when credentials or settings do not parse. */
  connect(options: ConnectOptions<{ perSecond: number }>): Marketplace;
  /** The vendor nickname that the settings restrict the import to; null for all. */
  vendor(settings: unknown): string | null;
}

/** A new marketplace is one new folder and one line here. */
export const marketplaces: Record<MarketplaceName, MarketplaceDefinition> = { clickbank };
