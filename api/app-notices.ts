import { z } from 'zod';
import { storesOfAccount } from '../database/store-accounts.js';
import type { AppNotice, SignedCall } from '../domain/install.js';
import type { MarketplaceName } from '../domain/store.js';
import { html, marketplaceParam } from './confirm-install.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { anyQuery } from './install-callbacks.js';
import { guardPage, page } from './page.js';
import { keepPrivacyNotice } from './privacy-notices.js';
import { nameOf, publicInstaller } from './pending-install.js';
import { Problem } from './problems.js';
import { route, type Route } from './route.js';
import { uninstall, uninstallIfGone } from './uninstall.js';

const received = z.object({ received: z.literal(true) });

/** What marketplaces tell our application as a whole; which account it is about is in what they signed. */
export const appNoticeRoutes = [
  route({
    method: 'post',
    path: '/webhooks/apps/{marketplace}',
    summary: "Take a marketplace's notification to our application",
    description:
      'Uninstalls, and what privacy law asks for. The signature covers the bytes as they came. 200 means that it is ' +
      'stored, or carried out; the same one again changes nothing.',
    access: 'anyone',
    params: marketplaceParam,
    rawBody: true,
    answer: { status: 200, description: 'Taken.', schema: received },
    async handle({ params, request, dependencies }) {
      const body: unknown = request.body;
      const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
      const notice = publicInstaller(dependencies, params.marketplace).readNotice(request.headers, bytes);
      if (!notice) throw new Problem('bad-signature', 'The signature does not fit the body.');
      await act(dependencies, nameOf(params), notice);
      return { received: true as const };
    },
  }),
  route({
    method: 'get',
    path: '/oauth/{marketplace}/load',
    summary: 'Show the stores of an account',
    description:
      'Where a marketplace sends a merchant who opens our application, installed or not. It connects nothing: whose ' +
      'store the account is to feed is said by POST /v1/stores/{id}/authorize, and the page tells how.',
    access: 'anyone',
    params: marketplaceParam,
    query: anyQuery,
    answer: html,
    async handle({ params, query, dependencies, response }) {
      const installer = publicInstaller(dependencies, params.marketplace);
      const opening = installer.readOpening(query, nowOf(dependencies));
      if (!opening) throw new Problem('bad-signature', 'What the marketplace signed does not hold, or has run out.');
      guardPage(response, installer.framedBy);
      return overview(dependencies, nameOf(params), opening);
    },
  }),
  signedCall('uninstall', 'Take the news that our application was uninstalled', {
    status: 200,
    description: 'Taken.',
    schema: received,
  }),
  signedCall('remove-user', 'Take the news that a user of the marketplace may no longer open our application', {
    status: 200,
    description: 'Taken. Users of the marketplace are not kept, so nothing is left to forget.',
    schema: received,
  }),
];

/** A GET that proves itself by a signed token in its query, as BigCommerce makes them. */
function signedCall(event: 'uninstall' | 'remove-user', summary: string, answer: Route['answer']): Route {
  return route({
    method: 'get',
    path: `/oauth/{marketplace}/${event}`,
    summary,
    access: 'anyone',
    params: marketplaceParam,
    query: anyQuery,
    answer,
    async handle({ params, query, dependencies }) {
      const installer = publicInstaller(dependencies, params.marketplace);
      const token = (query as Record<string, string>)['signed_payload_jwt'] ?? '';
      const signed = installer.readSignedCall(token, nowOf(dependencies));
      if (!signed) throw new Problem('bad-signature', 'signed_payload_jwt does not hold, or has run out.');
      if (event === 'uninstall') await uninstallAll(dependencies, nameOf(params), signed);
      return { received: true };
    },
  });
}

async function uninstallAll(dependencies: Dependencies, marketplace: MarketplaceName, { account, at }: SignedCall) {
  for (const store of await storesOfAccount(dependencies.db, marketplace, account, { deleted: false }))
    await uninstall(dependencies, store.id, new Date(at));
}

async function act(dependencies: Dependencies, marketplace: MarketplaceName, notice: AppNotice): Promise<void> {
  const { kind, account } = notice;
  if (kind === 'ignored') return;
  // A deleted store does no work any more, but what it holds of people is still there.
  for (const store of await storesOfAccount(dependencies.db, marketplace, account, {
    deleted: kind !== 'uninstalled',
  })) {
    if (kind === 'uninstalled') await uninstallIfGone(dependencies, store.id);
    else await keepPrivacyNotice(dependencies, store, { ...notice, kind });
  }
}

/**
 * What the merchant sees who opens the application at the marketplace. An install that begins there names no tenant, so
 * nothing is granted by it: a store that waits for the account may be a stranger's.
 */
async function overview(dependencies: Dependencies, marketplace: MarketplaceName, { account }: SignedCall) {
  const stores = await storesOfAccount(dependencies.db, marketplace, account, { deleted: false });
  const lines = stores.map(({ id, name, uninstalledAt }) =>
    uninstalledAt === null
      ? `"${name}" takes its orders from this account.`
      : `"${name}" took its orders from this account until the application was uninstalled. To connect it again, ask ` +
        `for a link: POST /v1/stores/${id}/authorize with {}.`,
  );
  return page(
    `Waybill at ${account}`,
    lines.length > 0
      ? [...lines, 'Everything else is done at Waybill itself.']
      : [
          'No store of Waybill is connected to this account, and nothing was installed yet.',
          'Begin at Waybill, or have whoever runs it for you do so: make a store with POST /v1/stores, then ask for its ' +
            `link, POST /v1/stores/{id}/authorize with {"account":"${account}"}. Open the link in this browser: it says ` +
            'whose store it will be, and leads back here to install.',
        ],
  );
}
