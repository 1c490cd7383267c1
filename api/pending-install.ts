import { findInstall, installOfStore, openInstall, storesClaiming, type PendingInstall } from '../database/installs.js';
import { findStoreAccount } from '../database/store-accounts.js';
import { findStore } from '../database/stores.js';
import type { ProvenCallback } from '../domain/install.js';
import type { MarketplaceName } from '../domain/store.js';
import { usableInstaller } from './authorize-store.js';
import { nowOf, type Dependencies, type Installer } from './dependencies.js';
import { isBoundTo } from './install-cookie.js';
import { notFound, Problem } from './problems.js';
import type { Call } from './route.js';

type OfCallback = Pick<Call, 'dependencies' | 'request'>;

/** The install a callback belongs to. Not `bound`: that whoever came back is who asked must still be shown, by the code. */
interface Found {
  install: PendingInstall;
  bound: boolean;
}

/** The wish a state belongs to, in the browser that opened its link. */
export async function installOfState(
  { dependencies, request }: OfCallback,
  marketplace: MarketplaceName,
  reading: ProvenCallback,
): Promise<Found> {
  const state = reading.state ?? '';
  const install = await findInstall(dependencies.db, marketplace, state, nowOf(dependencies));
  if (!install) throw refused('The state is unknown, was used, or has run out');
  if (!isBoundTo(dependencies, request, state)) throw refused('The link was opened in another browser');
  if (install.account !== reading.account)
    throw refused(`${reading.account} answered, but ${install.account} was to be connected`);
  return { install, bound: true };
}

/** Where no state comes back: the one store that waits for the account, or has it and is being connected again. */
export async function installOfAccount(
  { dependencies }: OfCallback,
  marketplace: MarketplaceName,
  { account }: ProvenCallback,
): Promise<Found> {
  const { db } = dependencies;
  const now = nowOf(dependencies);
  const [storeId, ...others] = await storesClaiming(db, marketplace, account, now);
  if (storeId === undefined) throw refused(`No store waits for ${account}`);
  if (others.length > 0) throw refused(`Several stores claim ${account}`);
  const present = await findStoreAccount(db, storeId);
  // A merchant who took the app off has ended it with this store: to come back they are asked as at first.
  const bound = present.account === account && present.uninstalledAt === null;
  const waiting = await installOfStore(db, storeId, now);
  if (waiting?.account === account) return { install: waiting, bound };
  if (!bound) throw refused(`The app was uninstalled at ${account}, and no store waits for it again`);
  const { tenantId } = (await findStore(db, storeId))!;
  const wanted = { tenantId, storeId, marketplace, account, alone: true, createdBy: marketplace, now };
  const install = await openInstall(db, wanted);
  if (!install) throw refused(`Several stores claim ${account}`);
  return { install, bound };
}

export function publicInstaller(dependencies: Dependencies, marketplace: string): Installer {
  if (!Object.hasOwn(dependencies.installers, marketplace)) throw notFound('marketplace', marketplace);
  return usableInstaller(dependencies, marketplace);
}

/** Checked by publicInstaller: installers are keyed by the marketplaces there are. */
export function nameOf(params: { marketplace: string }): MarketplaceName {
  return params.marketplace as MarketplaceName;
}

export function refused(why: string): Problem {
  return new Problem('install-refused', `${why}. Ask for a new link: POST /v1/stores/{id}/authorize.`);
}
