import { z } from 'zod';
import { countTry, useInstall, type PendingInstall } from '../database/installs.js';
import { findStore, type Store } from '../database/stores.js';
import { tenantName } from '../database/tenants.js';
import { nowOf } from './dependencies.js';
import { finishInstall } from './finish-install.js';
import { isCodeOf, sealUnconfirmed, unsealUnconfirmed } from './install-code.js';
import { guardPage, page } from './page.js';
import { publicInstaller, refused } from './pending-install.js';
import { route, type Call } from './route.js';
import { text } from './schemas.js';

export const marketplaceParam = z.strictObject({ marketplace: text(40) });
export const html = { status: 200, description: 'HTML without scripts.', schema: z.string(), contentType: 'text/html' };

/** Where no state comes back, the code that was told to whoever asked says that the same person is at the browser. */
export const confirmInstall = route({
  method: 'post',
  path: '/oauth/{marketplace}/confirm',
  summary: 'Confirm an install by the code that was given with its link',
  description: 'Sent by the page of the callback, which holds what the marketplace gave, sealed. Five tries.',
  access: 'anyone',
  params: marketplaceParam,
  form: true,
  body: z.strictObject({ install: text(8_000), code: text(40) }),
  answer: { ...html, description: 'The form again: that was not the code.' },
  otherAnswers: [{ status: 303, description: 'Connected; Location says more.' }],
  async handle({ params, body, dependencies, response }) {
    const installer = publicInstaller(dependencies, params.marketplace);
    const unconfirmed = unsealUnconfirmed(dependencies, body.install);
    if (!unconfirmed) throw refused('The form is not one of ours');
    const now = nowOf(dependencies);
    const install = await countTry(dependencies.db, unconfirmed.installId, now);
    if (!install) throw refused('The link was used, has run out, or its code was mistyped too often');
    const store = await findStore(dependencies.db, install.storeId);
    if (!store) throw refused('The store was deleted meanwhile');
    if (!isCodeOf(dependencies, install.id, body.code)) {
      guardPage(response, installer.framedBy, "'self'");
      const left = `That is not the code. Tries left: ${install.triesLeft}.`;
      return formPage(dependencies, install, store, { sealed: body.install, remark: left });
    }
    if (!(await useInstall(dependencies.db, install.id, now))) throw refused('The link was used before');
    await finishInstall(dependencies, store, unconfirmed.installed);
    response.status(303).location(`/oauth/done/${install.id}`);
    return '';
  },
});

/** The page at the end of a callback that cannot say who asked for it. Nothing is connected yet. */
export async function askForCode(
  { dependencies, response }: Pick<Call, 'dependencies' | 'response'>,
  framedBy: string | null,
  install: PendingInstall,
  store: Store,
  installed: Parameters<typeof finishInstall>[2],
): Promise<string> {
  guardPage(response, framedBy, "'self'");
  const sealed = sealUnconfirmed(dependencies, { installId: install.id, installed });
  return formPage(dependencies, install, store, { sealed, remark: null });
}

async function formPage(
  dependencies: Call['dependencies'],
  install: PendingInstall,
  store: Store,
  { sealed, remark }: { sealed: string; remark: string | null },
): Promise<string> {
  const tenant = await tenantName(dependencies.db, store.tenantId);
  return page(
    `Connect ${install.account}?`,
    [
      ...(remark === null ? [] : [remark]),
      `${install.account} will be connected to the store "${store.name}" of ${tenant}: they will see its orders and ` +
        'the addresses of its customers.',
      'Type the code that came with the link. If you have none, or do not know them, close this page and uninstall ' +
        'the app: nothing is connected yet.',
    ],
    {
      action: `/oauth/${store.marketplace}/confirm`,
      hidden: { name: 'install', value: sealed },
      ask: { name: 'code', label: 'Code' },
      button: 'Connect',
    },
  );
}
