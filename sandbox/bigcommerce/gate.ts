import type { NextFunction, Request, Response } from 'express';
import { error } from './answers.js';
import type { SandboxState, SandboxToken } from './state.js';

/** Counts the calls of the store's window, refused ones too, and says in every answer what is left of it. */
export function countQuota(state: SandboxState) {
  let window = { startedAt: 0, calls: 0 };
  return (request: Request, response: Response, next: NextFunction): void => {
    const now = state.now().getTime();
    const { quota, windowMs } = state.settings;
    if (now - window.startedAt >= windowMs) window = { startedAt: now, calls: 0 };
    window.calls += 1;
    response.set({
      'X-Rate-Limit-Time-Window-Ms': String(windowMs),
      'X-Rate-Limit-Time-Reset-Ms': String(window.startedAt + windowMs - now),
      'X-Rate-Limit-Requests-Quota': String(quota),
      'X-Rate-Limit-Requests-Left': String(Math.max(0, quota - window.calls)),
    });
    if (window.calls > quota) return error(request, response, 429, 'You have reached the request limit of the store.');
    next();
  };
}

/** The store's own hash and one of its tokens; the token goes on in response.locals. */
export function authenticate(state: SandboxState) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const token = state.tokens.find((each) => each.accessToken === request.get('x-auth-token'));
    if (!token)
      return error(
        request,
        response,
        401,
        'Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store.',
      );
    if (request.params['storeHash'] !== state.storeHash) return forbid(request, response);
    if (!request.accepts('application/json')) return error(request, response, 406, 'Not acceptable.');
    if (['POST', 'PUT'].includes(request.method) && !request.is('application/json'))
      return error(request, response, 415, 'Unsupported media type.');
    response.locals['token'] = token;
    next();
  };
}

/** A scope that reads lets GET through, one that modifies everything. Names are without "_read_only". */
export function needs(scope: string) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { scopes } = tokenOf(response);
    const reads = request.method === 'GET' && scopes.includes(`${scope}_read_only`);
    if (!reads && !scopes.includes(scope)) return forbid(request, response);
    next();
  };
}

export function tokenOf(response: Response): SandboxToken {
  return response.locals['token'] as SandboxToken;
}

function forbid(request: Request, response: Response): void {
  error(request, response, 403, "You don't have a required scope to access the endpoint");
}
