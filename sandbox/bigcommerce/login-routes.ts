import { randomUUID } from 'node:crypto';
import express, { Router, type Response } from 'express';
import { accountUuid, owner } from './app.js';
import type { SandboxState } from './state.js';

/** login.bigcommerce.com: trades a code for a token, once. It takes a form as well as JSON. */
export function loginRoutes(state: SandboxState): Router {
  const router = Router();
  router.post('/oauth2/token', express.urlencoded({ extended: false }), (request, response) =>
    trade(state, (request.body ?? {}) as Record<string, string>, response),
  );
  return router;
}

function trade(state: SandboxState, body: Record<string, string>, response: Response): void {
  const { clientId, clientSecret, grants } = state.app;
  const refuse = (error: string) => void response.status(400).json({ error });
  if (body['client_id'] !== clientId || body['client_secret'] !== clientSecret) return refuse('invalid_client');
  if (body['grant_type'] !== 'authorization_code') return refuse('unsupported_grant_type');
  const grant = grants.find((each) => each.code === body['code']);
  if (!grant || body['redirect_uri'] !== grant.callback) return refuse('invalid_grant');
  if (body['context'] !== `stores/${state.storeHash}` || body['scope'] !== grant.scope)
    return refuse('invalid_request');
  grants.splice(grants.indexOf(grant), 1);
  const accessToken = randomUUID().replaceAll('-', '');
  // One token for each store: an earlier one of the app is dead from now on.
  state.tokens = state.tokens.filter((each) => each.clientId !== clientId);
  state.tokens.push({ accessToken, clientId, clientSecret, scopes: [...state.app.scopes] });
  const user = { ...owner, username: owner.email };
  response.json({
    ...{ access_token: accessToken, scope: grant.scope, user, owner: user },
    ...{ context: `stores/${state.storeHash}`, account_uuid: accountUuid },
  });
}
