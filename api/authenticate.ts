import type { Request } from 'express';
import { authenticateApiKey, type Caller } from '../database/api-keys.js';
import { nowOf, type Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import type { Route } from './route.js';

/** The key travels in the Authorization header only: addresses end up in logs. */
export async function authenticate(dependencies: Dependencies, request: Request): Promise<Caller> {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (!token) throw refused('Send an API key as "Authorization: Bearer wb_…".');
  const now = nowOf(dependencies);
  const caller = await authenticateApiKey(dependencies.db, dependencies.pepper, token, now);
  if (!caller) throw refused('The API key is unknown, expired or revoked.');
  return caller;
}

function refused(detail: string): Problem {
  return new Problem('unauthenticated', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="waybill"' } });
}

export function authorize(route: Route, caller: Caller): void {
  if (route.access !== 'anyone' && !route.access.includes(caller.role))
    throw new Problem('forbidden', `A ${caller.role} key may not call ${route.method.toUpperCase()} ${route.path}.`);
}
