import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { Caller } from '../database/api-keys.js';
import type { KeptAnswer } from '../database/idempotency.js';
import { authenticate, authorize } from './authenticate.js';
import type { Dependencies } from './dependencies.js';
import { Problem } from './problems.js';
import { runOnce } from './replay.js';
import { formType, type Call, type Route } from './route.js';
import { parsePart, refuseUnstorable } from './validate.js';

const defaultBodyLimit = 256 * 1024;

/** The steps every route shares: who calls, may they, what do they send, has it been answered before, answer. */
export function serve(route: Route, dependencies: Dependencies): RequestHandler[] {
  return [
    async (request, response, next) => {
      response.locals.route = route.path;
      if (route.access !== 'anyone') {
        const caller = await authenticate(dependencies, request);
        response.locals.caller = caller;
        authorize(route, caller);
      }
      next();
    },
    ...bodyParsers(route),
    async (request, response) => {
      const call = readCall(route, dependencies, request, response);
      const run = () => carryOut(route, call);
      const once = route.method === 'post' && route.access !== 'anyone';
      send(route, response, once ? await runOnce(route, call, run) : await run());
    },
  ];
}

/** Only after the caller is known is anything of the body read. */
function bodyParsers(route: Route): RequestHandler[] {
  const limit = route.bodyLimit ?? defaultBodyLimit;
  if (route.rawBody) return [express.raw({ type: () => true, limit })];
  if (!route.body) return [];
  if (route.form) return [refuseOtherThan(formType), express.urlencoded({ extended: false, limit })];
  return [refuseOtherThan('application/json'), express.json({ limit, strict: false })];
}

function refuseOtherThan(type: string): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction) => {
    // Without a body, validation names what is missing.
    if (request.headers['content-length'] !== '0' && request.is(type) === false)
      throw new Problem('unsupported-media-type', `Send the body as Content-Type: ${type}.`);
    next();
  };
}

function readCall(route: Route, dependencies: Dependencies, request: Request, response: Response): Call {
  refuseUnstorable(request.params);
  refuseUnstorable(request.query);
  if (route.body) refuseUnstorable(request.body);
  return {
    params: route.params && parsePart(route.params, request.params, 'path'),
    query: route.query && parsePart(route.query, request.query, 'query'),
    body: route.body && parsePart(route.body, request.body, 'body'),
    // Routes for anyone have no caller and do not look for one.
    caller: response.locals.caller as Caller,
    dependencies,
    request,
    response,
  };
}

async function carryOut(route: Route, call: Call): Promise<KeptAnswer> {
  call.response.status(route.answer.status);
  const body = await route.handle(call);
  const location = call.response.getHeader('Location');
  return {
    status: call.response.statusCode,
    headers: typeof location === 'string' ? { Location: location } : {},
    body: body ?? null,
  };
}

function send(route: Route, response: Response, answer: KeptAnswer): void {
  response.set(answer.headers).status(answer.status);
  if (answer.body === null) response.end();
  else if (route.answer.contentType) response.type(route.answer.contentType).send(answer.body);
  else response.json(answer.body);
}
