import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { sendV3List, v3Error } from './answers.js';
import { tokenOf } from './gate.js';
import { newId, type SandboxHook, type SandboxState } from './state.js';

const hookBody = z.strictObject({
  scope: z.string().regex(/^store\/[A-Za-z/*\d]+$/),
  // The real one demands https on port 443; the sandbox takes http on this machine.
  destination: z.url({ protocol: /^https?$/ }),
  is_active: z.boolean().default(true),
  headers: z.record(z.string(), z.string()).nullable().default(null),
});

/** Webhooks: an account sees its own alone, and needs no scope for them (reference/bigcommerce.md §7). */
export function hookRoutes(state: SandboxState): Router {
  const router = Router({ mergeParams: true });
  const mine = (response: Response) => state.hooks.filter((hook) => hook.clientId === tokenOf(response).clientId);
  const find = (request: Request, response: Response) =>
    mine(response).find((hook) => String(hook.id) === request.params['id']) ?? null;

  router.get('/hooks', (request: Request, response: Response) => {
    const { scope, destination, is_active: active } = request.query;
    const found = mine(response)
      .filter((hook) => scope === undefined || hook.scope === scope)
      .filter((hook) => destination === undefined || hook.destination === destination)
      .filter((hook) => active === undefined || String(hook.is_active) === active);
    sendV3List(request, response, found.map((hook) => answer(state, hook))); // prettier-ignore
  });

  router.post('/hooks', (request: Request, response: Response) => {
    const parsed = hookBody.safeParse(request.body);
    if (!parsed.success)
      return v3Error(response, 422, 'JSON data is missing or invalid', {
        [String(parsed.error.issues[0]?.path[0] ?? 'body')]: 'error.path.invalid',
      });
    const same = mine(response).filter((hook) => hook.scope === parsed.data.scope);
    if (same.length >= 10 || same.some((hook) => hook.destination === parsed.data.destination))
      return v3Error(response, 400, 'Input is invalid.');
    const at = Math.floor(state.now().getTime() / 1000);
    const clientId = tokenOf(response).clientId;
    const hook: SandboxHook = { ...parsed.data, id: newId(state), clientId, created_at: at, updated_at: at };
    state.hooks.push(hook);
    response.json({ data: answer(state, hook), meta: {} });
  });

  router.put('/hooks/:id', (request: Request, response: Response) => {
    const hook = find(request, response);
    const parsed = hookBody.partial().safeParse(request.body);
    if (!hook) return v3Error(response, 404, 'Not Found');
    if (!parsed.success) return v3Error(response, 422, 'JSON data is missing or invalid');
    const given = Object.keys(request.body as object);
    Object.assign(hook, Object.fromEntries(Object.entries(parsed.data).filter(([name]) => given.includes(name))), {
      updated_at: Math.floor(state.now().getTime() / 1000),
    });
    response.json({ data: answer(state, hook), meta: {} });
  });

  router.delete('/hooks/:id', (request: Request, response: Response) => {
    const hook = find(request, response);
    if (!hook) return v3Error(response, 404, 'Not Found');
    state.hooks = state.hooks.filter((each) => each !== hook);
    response.json({ data: answer(state, hook), meta: {} });
  });
  return router;
}

function answer(state: SandboxState, { clientId, ...hook }: SandboxHook): Record<string, unknown> {
  return { ...hook, client_id: clientId, store_hash: state.storeHash };
}
