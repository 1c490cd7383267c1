import type { ZodType } from 'zod';
import type { ImportRules } from '../../domain/import-decision.js';
import type { PrivacyNotice } from '../../domain/privacy.js';
import type { MarketplaceName } from '../../domain/store.js';
import type { ConnectOptions } from '../connect-options.js';
import { bigcommerce } from './bigcommerce/bigcommerce.js';
import { clickbank } from './clickbank/clickbank.js';
import type { MarketplaceInstall } from './install-port.js';
import type { Marketplace, NewsRequest, StoreNews } from './port.js';
import { shopify } from './shopify/shopify.js';

/** What the rest of the house knows of a marketplace before it is connected. */
export interface MarketplaceDefinition {
  title: string;
  /** Why stock cannot be kept in step there, in a sentence for people; null where it can (R19). */
  noStock: string | null;
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
   * kept, `credentials` what a person entered, `app` the application of this installation. What privacy law asks reaches
   * a store's own address from an application that its merchant made. Null where the marketplace sends none that prove
   * themselves this way.
   */
  readNews: ((request: NewsRequest) => StoreNews | PrivacyNotice | null) | null;
  /** Connecting a store by installing our application; null where credentials are pasted only. */
  install: MarketplaceInstall | null;
}

/** A new marketplace is one new folder and one line here. */
export const marketplaces: Record<MarketplaceName, MarketplaceDefinition> = { clickbank, bigcommerce, shopify };
