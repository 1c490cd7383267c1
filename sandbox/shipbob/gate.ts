import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { tokenChannel, type ShipbobState } from './state.js';

const windowMs = 60_000;

/** Bearer token, then the sliding limit of the account; every answer says how many calls are left. */
export function gate(options: { token: string; perMinute: number; now: () => Date }): RequestHandler {
  let taken: number[] = [];
  return (request, response, next) => {
    if (request.get('authorization') !== `Bearer ${options.token}`) return void response.status(401).end();
    const now = options.now().getTime();
    taken = taken.filter((each) => each > now - windowMs);
    const oldest = taken[0];
    if (taken.length >= options.perMinute && oldest !== undefined) {
      const seconds = Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
      response.set({ 'x-retry-after': String(seconds), 'x-remaining-calls': '0' }).status(429);
      return void response.json({
        statusCode: 429,
        message: `Rate limit is exceeded. Try again in ${seconds} seconds.`,
      });
    }
    taken.push(now);
    response.set('x-remaining-calls', String(options.perMinute - taken.length));
    next();
  };
}

/** 403 unless the token's channel has the scope. */
export function needs(state: ShipbobState, scope: string): RequestHandler {
  return (_request: Request, response: Response, next: NextFunction) => {
    if (tokenChannel(state).scopes.includes(scope)) return next();
    response.status(403).end();
  };
}

/** Writes of orders name a channel that takes them; the id, or null after a 400 or 403. */
export function writeChannel(state: ShipbobState, request: Request, response: Response): number | null {
  const id = request.get('shipbob_channel_id');
  const channel = state.channels.find((each) => String(each.id) === id);
  if (channel?.scopes.includes('orders_write')) return channel.id;
  if (channel) response.status(403).end();
  else response.status(400).json({ shipbob_channel_id: ['A channel with write access is required'] });
  return null;
}
