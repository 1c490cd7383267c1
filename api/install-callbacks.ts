import { z } from 'zod';
import { readCredentials } from '../database/credentials.js';
import {
  findInstall,
  findUsedInstall,
  installOfStore,
  openInstall,
  storesClaiming,
  useInstall,
  type PendingInstall,
} from '../database/installs.js';
import { findStore, type Store } from '../database/stores.js';
import { tenantName } from '../database/tenants.js';
import type { ProvenCallback } from '../domain/install.js';
import type { MarketplaceName } from '../domain/store.js';
import { usableInstaller } from './authorize-store.js';
import type { Dependencies, Installer } from './dependencies.js';
import { finishInstall } from './finish-install.js';
import { bindToBrowser, isBoundTo } from './install-cookie.js';
import { guardPage, page } from './page.js';
import { notFound, Problem } from './problems.js';
import { route, type Call } from './route.js';
import { id, text } from './schemas.js';

const marketplaceParam = z.strictObject({ marketplace: text(40) });
/** What a marketplace adds to its callbacks is its own business; each value once, none endless. */
export const anyQuery = z.object({}).catchall(z.string().max(4_000));
const html = { status: 200, description: 'HTML without scripts.', schema: z.string(), contentType: 'text/html' };

export const installCallbackRoutes = [
  route({
    method: 'get',
    path: '/oauth/{marketplace}/start',
    summary: 'Begin an install in the browser of the merchant',
    description: 'The address that POST /v1/stores/{id}/authorize gave. It says whose store it will be and links on.',
    access: 'anyone',
    params: marketplaceParam,
    query: z.strictObject({ state: text(200) }),
    answer: html,
    async handle({ params, query, dependencies, response }) {
      const installer = publicInstaller(dependencies, params.marketplace);
      const install = await findInstall(dependencies.db, nameOf(params), query.state, nowOf(dependencies));
      const store = install && (await findStore(dependencies.db, install.storeId));
      if (!store) throw refused('The link was used or has run out');
      bindToBrowser(dependencies, response, query.state, install.expiresAt);
      guardPage(response, null);
      const { account, ...to } = { account: install.account, state: query.state, baseUrl: store.baseUrl };
      const onward = installer.authorize({ account, ...to });
      const tenant = await tenantName(dependencies.db, store.tenantId);
      return page(
        `Connect ${account}`,
        [
          `${account} will be connected to the store "${store.name}" of ${tenant}: they will see its orders and the ` +
            'addresses of its customers. Go on only if you know them and expected this.',
          onward.instructions,
        ],
        { url: onward.url, label: `Go on to ${account}` },
      );
    },
  }),
  route({
    method: 'get',
    path: '/oauth/{marketplace}/callback',
    summary: "Take the marketplace's answer to an install",
    description: 'Trades the code for a token, saves it in the store and sends the browser on to a page about it.',
    access: 'anyone',
    params: marketplaceParam,
    query: anyQuery,
    answer: { status: 303, description: 'Connected; Location says more.' },
    async handle(call) {
      const { params, query, dependencies, response } = call;
      const installer = publicInstaller(dependencies, params.marketplace);
      const reading = installer.readCallback(query, nowOf(dependencies));
      if (!reading.proven) throw refused(`The callback is not believed: ${reading.reason}`);
      const find = installer.bringsState ? installOfState : installOfAccount;
      const install = await find(call, nameOf(params), reading);
      const store = await findStore(dependencies.db, install.storeId);
      if (!store) throw refused('The store was deleted meanwhile');
      await finishInstall(dependencies, store, await exchange(call, installer, reading, install, store));
      response.location(`/oauth/done/${install.id}`);
    },
  }),
  route({
    method: 'get',
    path: '/oauth/done/{id}',
    summary: 'Show what became of an install',
    access: 'anyone',
    params: z.strictObject({ id }),
    answer: html,
    async handle({ params, dependencies, response }) {
      const install = await findUsedInstall(dependencies.db, params.id, nowOf(dependencies));
      const store = install && (await findStore(dependencies.db, install.storeId));
      if (!store) throw notFound('install', params.id);
      guardPage(response, dependencies.installers[store.marketplace]?.framedBy ?? null);
      return page(`${install.account} is connected`, await nextSteps(dependencies, store));
    },
  }),
];

type OfCallback = Pick<Call, 'dependencies' | 'request'>;

/** The wish a state belongs to, in the browser that opened its link. */
async function installOfState(
  { dependencies, request }: OfCallback,
  marketplace: MarketplaceName,
  reading: ProvenCallback,
): Promise<PendingInstall> {
  const state = reading.state ?? '';
  const install = await findInstall(dependencies.db, marketplace, state, nowOf(dependencies));
  if (!install) throw refused('The state is unknown, was used, or has run out');
  if (!isBoundTo(dependencies, request, state)) throw refused('The link was opened in another browser');
  if (install.account !== reading.account)
    throw refused(`${reading.account} answered, but ${install.account} was to be connected`);
  return install;
}

/** Where no state comes back: the one store that waits for the account, or has it and is being connected again. */
async function installOfAccount(
  { dependencies: { db, ...dependencies } }: OfCallback,
  marketplace: MarketplaceName,
  { account }: ProvenCallback,
): Promise<PendingInstall> {
  const now = dependencies.now?.() ?? new Date();
  const [storeId, ...others] = await storesClaiming(db, marketplace, account, now);
  if (storeId === undefined) throw refused(`No store waits for ${account}`);
  if (others.length > 0) throw refused(`Several stores claim ${account}`);
  const waiting = await installOfStore(db, storeId, now);
  if (waiting?.account === account) return waiting;
  const { tenantId } = (await findStore(db, storeId))!;
  const wanted = { tenantId, storeId, marketplace, account, alone: true, createdBy: marketplace, now };
  const again = await openInstall(db, wanted);
  if (!again) throw refused(`Several stores claim ${account}`);
  return again;
}

/** Uses the install up before the code is spent, so that a callback sent twice is carried out once. */
async function exchange(
  { dependencies }: OfCallback,
  installer: Installer,
  reading: ProvenCallback,
  install: PendingInstall,
  store: Store,
) {
  if (!(await useInstall(dependencies.db, install.id, nowOf(dependencies)))) throw refused('The link was used before');
  const present = await readCredentials(dependencies.db, dependencies.keyRing, store.id);
  return installer.exchange(reading, { present, baseUrl: store.baseUrl });
}

/** What was found of permissions, and what to do now. */
async function nextSteps(dependencies: Dependencies, store: Store): Promise<string[]> {
  const missing = (store.probe?.permissions ?? []).filter((each) => each.standing === 'missing');
  const problems = [
    ...missing.map((each) => `Missing: ${each.permission}, for ${each.neededFor}.`),
    ...(store.probe?.problems ?? []),
  ];
  const tenant = await tenantName(dependencies.db, store.tenantId);
  return [
    `It feeds the store "${store.name}" of ${tenant}. If you do not know them, uninstall the app at once.`,
    ...problems,
    problems.length > 0
      ? 'Mend that at the marketplace, then install the app again, or test the store at Waybill.'
      : store.enabled
        ? 'The store goes on from where it stopped. You can close this page.'
        : 'Next, at Waybill: save listings and shipping rules, then enable the store. You can close this page.',
  ];
}

function publicInstaller(dependencies: Dependencies, marketplace: string): Installer {
  if (!Object.hasOwn(dependencies.installers, marketplace)) throw notFound('marketplace', marketplace);
  return usableInstaller(dependencies, marketplace);
}

/** Checked by publicInstaller: installers are keyed by the marketplaces there are. */
function nameOf(params: { marketplace: string }): MarketplaceName {
  return params.marketplace as MarketplaceName;
}

function nowOf(dependencies: Pick<Dependencies, 'now'>): Date {
  return dependencies.now?.() ?? new Date();
}

function refused(why: string): Problem {
  return new Problem('install-refused', `${why}. Ask for a new link: POST /v1/stores/{id}/authorize.`);
}
