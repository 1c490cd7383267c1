import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Dependencies } from './dependencies.js';

const name = 'waybill_install';

/**
 * Ties a state to the browser that opened its link: whoever only learns the state cannot finish the install, and nobody
 * can be led into finishing a stranger's. Lax, because the marketplace sends the browser back from its own site.
 */
export function bindToBrowser(dependencies: Dependencies, response: Response, state: string, expiresAt: Date): void {
  response.cookie(name, seal(dependencies, state), {
    httpOnly: true,
    sameSite: 'lax',
    secure: dependencies.publicUrl?.startsWith('https:') ?? true,
    path: '/oauth',
    expires: expiresAt,
  });
}

/** Whether the request comes from the browser that opened the link of this state. */
export function isBoundTo(dependencies: Dependencies, request: Request, state: string): boolean {
  const cookies = (request.headers.cookie ?? '').split(';').map((each) => each.trim());
  const given = Buffer.from(cookies.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) ?? '');
  const expected = Buffer.from(seal(dependencies, state));
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function seal({ pepper }: Dependencies, state: string): string {
  return createHmac('sha256', pepper).update(`install|${state}`).digest('base64url');
}
