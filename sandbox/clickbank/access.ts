import type { NextFunction, Request, Response } from 'express';
import type { SandboxKey, SandboxOrder, SandboxState } from './state.js';
import { sendText } from './wire.js';

/** ClickBank answers 403 to a bad key, a missing role, a foreign receipt and an exceeded rate alike. */
export function forbid(response: Response): void {
  sendText(response, 403, 'Access is denied');
}

/** Counts every call, the refused ones too: 10 in any second from one address, 25,000 in any 24 hours on one account. */
export function limitRates(state: SandboxState): (request: Request, response: Response, next: NextFunction) => void {
  const calls = { byAddress: new Map<string, number[]>(), byAccount: new Map<string, number[]>() };
  return (request, response, next) => {
    const now = state.now().getTime();
    const account = keyOf(state, request)?.apiKey ?? 'unknown';
    const second = count(calls.byAddress, request.ip ?? 'unknown', now, 1_000);
    const day = count(calls.byAccount, account, now, 86_400_000);
    if (second > state.settings.perSecond || day > state.settings.perDay) return forbid(response);
    next();
  };
}

function count(calls: Map<string, number[]>, key: string, now: number, windowMs: number): number {
  const times = calls.get(key) ?? [];
  times.push(now);
  const first = times.findIndex((time) => time > now - windowMs);
  times.splice(0, first);
  calls.set(key, times);
  return times.length;
}

/** The raw key, or the older pair; no scheme before it. */
export function keyOf(state: SandboxState, request: Request): SandboxKey | null {
  const header = request.get('authorization');
  return (
    state.keys.find(
      (key) => header === key.apiKey || (key.developerKey !== null && header === `${key.developerKey}:${key.apiKey}`),
    ) ?? null
  );
}

/** Lets a call through whose key holds all roles; hands the key on in response.locals. */
export function needs(state: SandboxState, ...roles: string[]) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const key = keyOf(state, request);
    if (!key || roles.some((role) => !key.roles.includes(role))) return forbid(response);
    response.locals.key = key;
    next();
  };
}

export function mayRead(response: Response, order: SandboxOrder): boolean {
  const { nicknames } = response.locals.key as SandboxKey;
  return nicknames.some((nickname) => nickname.toLowerCase() === order.vendor.toLowerCase());
}

/** Parameters are read from the query alone, also of a POST; a repeated one counts once. */
export function parameter(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
