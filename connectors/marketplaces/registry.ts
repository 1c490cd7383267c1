import type { ZodType } from 'zod';
import type { ImportRules } from '../../domain/import-decision.js';
import type { MarketplaceName } from '../../domain/store.js';
import type { ConnectOptions } from '../connect-options.js';
import { clickbank } from './clickbank/clickbank.js';
import type { Marketplace, NewsRequest, StoreNews } from './port.js';
import { shopify } from './shopify/shopify.js';

/** What the rest of the house knows of a marketplace before it is connected. */
export interface MarketplaceDefinition {
  title: string;
  /** What a person enters, checked before it is saved, and again when a connection is opened. */
  credentials: ZodType;
  /** The `marketplace` part of the store's settings, defaults filled in. */
  settings: ZodType;
  /** Opens one store's account; makes no call. Throws Failure when credentials or settings do not parse. */
  connect(options: ConnectOptions<{ perSecond: number }>): Marketplace;
  /** What the settings restrict the import to. */
  rules(settings: unknown): ImportRules;
  /**
   * What an authentic notification says; null for one that is not. Never throws. `webhook` is what `ensureWebhooks`
   * kept, `credentials` what a person entered, `app` the application of this installation. Null where the marketplace
   * sends none that prove themselves this way.
   */
  readNews: ((request: NewsRequest) => StoreNews | null) | null;
}

/** A new marketplace is one new folder and one line here. */
export const marketplaces: Record<MarketplaceName, MarketplaceDefinition> = { clickbank, shopify };
