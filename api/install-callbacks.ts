import { z } from 'zod';
import { readCredentials } from '../database/credentials.js';
import { findInstall, findUsedInstall, useInstall } from '../database/installs.js';
import { findStore, type Store } from '../database/stores.js';
import { tenantName } from '../database/tenants.js';
import { askForCode, confirmInstall, html, marketplaceParam } from './confirm-install.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { finishInstall } from './finish-install.js';
import { bindToBrowser } from './install-cookie.js';
import { guardPage, page } from './page.js';
import { installOfAccount, installOfState, nameOf, publicInstaller, refused } from './pending-install.js';
import { notFound } from './problems.js';
import { route } from './route.js';
import { id, text } from './schemas.js';

/** What a marketplace adds to its callbacks is its own business; each value once, none endless. */
export const anyQuery = z.object({}).catchall(z.string().max(4_000));

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
    description:
      'Trades the code for a token. Where the callback proves who asked for it, the token is saved and the browser sent ' +
      'on to a page about it; elsewhere a page asks for the code that was given with the link.',
    access: 'anyone',
    params: marketplaceParam,
    query: anyQuery,
    answer: { ...html, description: 'A page that asks for the code.' },
    otherAnswers: [{ status: 303, description: 'Connected; Location says more.' }],
    async handle(call) {
      const { params, query, dependencies, response } = call;
      const installer = publicInstaller(dependencies, params.marketplace);
      const reading = installer.readCallback(query, nowOf(dependencies));
      if (!reading.proven) throw refused(`The callback is not believed: ${reading.reason}`);
      const find = installer.bringsState ? installOfState : installOfAccount;
      const { install, bound } = await find(call, nameOf(params), reading);
      const store = await findStore(dependencies.db, install.storeId);
      if (!store) throw refused('The store was deleted meanwhile');
      // Before the code is spent, so that a callback sent twice is carried out once.
      if (bound && !(await useInstall(dependencies.db, install.id, nowOf(dependencies))))
        throw refused('The link was used before');
      const present = await readCredentials(dependencies.db, dependencies.keyRing, store.id);
      const installed = await installer.exchange(reading, { present, baseUrl: store.baseUrl });
      if (!bound) return askForCode(call, installer.framedBy, install, store, installed);
      await finishInstall(dependencies, store, installed);
      response.status(303).location(`/oauth/done/${install.id}`);
      return '';
    },
  }),
  confirmInstall,
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
