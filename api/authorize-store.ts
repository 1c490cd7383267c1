import { z } from 'zod';
import { readCredentials } from '../database/credentials.js';
import { openInstall } from '../database/installs.js';
import { findStoreAccount } from '../database/store-accounts.js';
import type { Store } from '../database/stores.js';
import { findVisible, idParam } from './connection-door.js';
import { nowOf, type Dependencies, type Installer } from './dependencies.js';
import { codeOf } from './install-code.js';
import { Problem } from './problems.js';
import { managers, route } from './route.js';
import { text, time } from './schemas.js';
import { storeDoor } from './store-door.js';

/** Opens an install: what a merchant's browser does with it is in install-callbacks.ts. */
export const authorizeStore = route({
  method: 'post',
  path: '/v1/stores/{id}/authorize',
  summary: 'Connect a store by installing our application',
  description:
    "Answers with the address to open in the merchant's browser and what to do there; both are good for an hour and " +
    'once. Its token then replaces what was saved, in this same store. Credentials may be pasted instead.',
  access: managers,
  params: idParam,
  body: z.strictObject({
    account: text(300).optional().meta({
      description: 'The shop at Shopify, the store hash at BigCommerce. Not needed where the store has one already.',
    }),
  }),
  answer: {
    status: 200,
    description: 'Where to go.',
    schema: z.object({
      url: z.string(),
      instructions: z.string(),
      account: z.string(),
      expiresAt: time,
      code: z
        .string()
        .nullable()
        .meta({
          description:
            'To be typed on the page at the end of the install, where the marketplace does not bring back who asked for ' +
            'it. Give it to the merchant and to nobody else. Null where none is asked for.',
        }),
    }),
  },
  // The address holds the state, which is a secret until it is used, and so is the code.
  keepAnswer: 'status_only',
  async handle(call) {
    const { dependencies, caller } = call;
    const store = await findVisible(storeDoor, call, call.params.id);
    const installer = usableInstaller(dependencies, store.marketplace);
    const account = await chooseAccount(dependencies, installer, store, call.body.account);
    const install = await openInstall(dependencies.db, {
      ...{ tenantId: store.tenantId, storeId: store.id, marketplace: store.marketplace, account },
      ...{ alone: !installer.bringsState, createdBy: caller.keyId, now: nowOf(dependencies) },
    });
    if (!install)
      throw new Problem(
        'conflict',
        `Another store waits for ${account} or has it. Delete that one, or ask an operator.`,
      );
    const { state, expiresAt } = install;
    const { url, instructions } = installer.authorize({ account, state, baseUrl: store.baseUrl });
    return {
      url: installer.bringsState ? startUrl(dependencies, store, state) : url,
      instructions,
      account,
      expiresAt,
      code: installer.bringsState ? null : codeOf(dependencies, install.id),
    };
  },
});

/** The marketplace's installer, ready to be used; a problem that names what is missing otherwise. */
export function usableInstaller(dependencies: Dependencies, marketplace: string): Installer {
  const installer = dependencies.installers[marketplace];
  if (!installer)
    throw new Problem('conflict', `Stores of ${marketplace} are connected by saving credentials, not by installing.`);
  if (installer.missing.length > 0)
    throw new Problem(
      'conflict',
      `This installation has no application at ${marketplace}: an operator sets ${installer.missing.join(', ')}.`,
    );
  return installer;
}

/** A store keeps its account for good: orders of two accounts in one store could not be told apart. */
async function chooseAccount(
  { db, keyRing }: Dependencies,
  installer: Installer,
  store: Store,
  named: string | undefined,
): Promise<string> {
  const wanted = named === undefined ? null : installer.accountOf(named);
  if (named !== undefined && wanted === null) throw unfit('is no account of this marketplace');
  const { account } = await findStoreAccount(db, store.id);
  const present = account ?? installer.accountIn(await readCredentials(db, keyRing, store.id));
  if (present === null && wanted === null) throw unfit('is needed: the store has no account yet');
  if (present !== null && wanted !== null && present !== wanted)
    throw unfit(`is ${wanted}, but the store is connected to ${present}: add another store for it`);
  return (present ?? wanted)!;
}

function unfit(detail: string): Problem {
  return new Problem('unprocessable', `"account" in the body: ${detail}.`, {
    errors: [{ pointer: '/account', detail }],
  });
}

/** Through a page of ours first: it binds the state to the browser and says whose store it will be. */
function startUrl({ publicUrl }: Dependencies, store: Store, state: string): string {
  return `${publicUrl!.replace(/\/$/, '')}/oauth/${store.marketplace}/start?state=${state}`;
}
