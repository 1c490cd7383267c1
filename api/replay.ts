import { createHmac } from 'node:crypto';
import {
  beginIdempotent,
  dropIdempotent,
  forgetOldAnswers,
  keepAnswer,
  type KeptAnswer,
} from '../database/idempotency.js';
import type { Database } from '../database/pool.js';
import { toProblem } from './errors.js';
import { Problem, problemBody, problemKinds } from './problems.js';
import { requestId } from './request-id.js';
import type { Call, Route } from './route.js';

const keyShape = /^[\x21-\x7e]{1,255}$/;

/** The key of a POST, or null when none was sent, which is allowed. */
export function idempotencyKey(call: Pick<Call, 'request'>): string | null {
  const key = call.request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !keyShape.test(key))
    throw new Problem('invalid-request', 'The header Idempotency-Key takes 1 to 255 visible ASCII characters.');
  return key;
}

/** One key and route is one scope, so that two callers never meet. */
function scopeOf(route: Route, call: Call): string {
  return `${call.caller.keyId} ${route.method} ${route.path}`;
}

/** Addresses and notes are easily guessed, so the fingerprint kept of a request is keyed. */
function fingerprint(call: Call): string {
  const text = JSON.stringify([call.params, call.query, call.body]);
  return createHmac('sha256', call.dependencies.pepper).update(text).digest('hex');
}

/**
 * Runs a POST once for each Idempotency-Key: the same request again gets the kept answer and
 * `Idempotency-Replayed: true`. Problems are kept too, except those that ask to be tried again (5xx).
 */
export async function runOnce(route: Route, call: Call, run: () => Promise<KeptAnswer>): Promise<KeptAnswer> {
  const key = idempotencyKey(call);
  if (key === null) return run();
  const { db } = call.dependencies;
  const request = { scope: scopeOf(route, call), key };
  const start = await beginIdempotent(db, { ...request, requestHash: fingerprint(call) });
  switch (start.standing) {
    case 'other_request':
      throw new Problem('idempotency-key-reused', 'Use a new Idempotency-Key for a request that differs.');
    case 'in_flight':
      throw new Problem('request-in-flight', 'The first request with this key has not been answered yet.', {
        headers: { 'Retry-After': '1' },
      });
    case 'answered':
      return replayed(route, call, start.answer);
    case 'begun':
      return carryOut(route, call, request, run);
  }
}

function replayed(route: Route, call: Call, answer: KeptAnswer): KeptAnswer {
  if (route.keepAnswer === 'status_only' && answer.status < 300)
    throw new Problem(
      'answer-not-kept',
      'This request was carried out. Its answer showed a secret once, which is not kept: make a new one instead.',
    );
  const headers = { ...answer.headers, 'Idempotency-Replayed': 'true' };
  // A problem names the request it answers, so that it is found in the log.
  const body = answer.status < 400 ? answer.body : { ...(answer.body as object), instance: requestId(call.request) };
  return { ...answer, headers, body };
}

async function carryOut(
  route: Route,
  call: Call,
  request: { scope: string; key: string },
  run: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const { db } = call.dependencies;
  await forgetHourly(db);
  try {
    const answer = await run();
    await keepAnswer(db, request, route.keepAnswer === 'status_only' ? { ...answer, body: null } : answer);
    return answer;
  } catch (error) {
    const problem = toProblem(error);
    const { status } = problemKinds[problem.kind];
    if (status < 500)
      await keepAnswer(db, request, {
        status,
        headers: { 'Content-Type': 'application/problem+json' },
        body: problemBody(problem, requestId(call.request)),
      });
    else await dropIdempotent(db, request);
    throw error;
  }
}

const lastForgotten = new WeakMap<Database, number>();

/** Whoever makes new rows clears away the old ones; each process at most once an hour. */
async function forgetHourly(db: Database): Promise<void> {
  const now = Date.now();
  if (now - (lastForgotten.get(db) ?? 0) < 60 * 60 * 1000) return;
  lastForgotten.set(db, now);
  await forgetOldAnswers(db);
}
